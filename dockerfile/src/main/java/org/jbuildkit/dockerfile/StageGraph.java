package org.jbuildkit.dockerfile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Suggestion;
import org.jbuildkit.dockerfile.syntax.Words;

/** A file's stages and what they take from each other. */
final class StageGraph {
  private final char escape;
  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, Stage> byName = new HashMap<>();

  StageGraph(char escape) {
    this.escape = escape;
  }

  void add(Stage stage) {
    stages.add(stage);
    stage.from.stage().ifPresent(name -> byName.put(name, stage));
  }

  /** In the file's order. */
  List<Stage> stages() {
    return Collections.unmodifiableList(stages);
  }

  /** The stage so far that a FROM starts from, if it names one. */
  Optional<Stage> base(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  List<String> names() {
    return stages.stream().map(Stage::displayName).toList();
  }

  /**
   * @throws BuildException {@code target stage … could not be found}
   */
  Stage target(String name) {
    if (name.isEmpty()) {
      return stages.getLast();
    }
    var stage = byName.get(name.toLowerCase(Locale.ROOT));
    if (stage == null) {
      throw BuildException.invalid(
          "target stage \"%s\" could not be found".formatted(name)
              + Suggestion.text(name, names()));
    }
    return stage;
  }

  /** A name that an instruction takes from; only COPY counts stages. */
  record Origin(String name, boolean allowsIndex, Line line) {}

  /** All names that a stage's instructions take from. */
  static List<Origin> origins(Stage stage) {
    var origins = new ArrayList<Origin>();
    for (var instruction : stage.instructions) {
      switch (instruction) {
        case Instruction.Copy copy ->
            origins.add(new Origin(copy.flags().from(), true, copy.line()));
        case Instruction.Run run ->
            run.mounts().forEach(m -> origins.add(new Origin(RunMount.from(m), false, run.line())));
        default -> {}
      }
    }
    origins.removeIf(origin -> origin.name().isEmpty());
    return origins;
  }

  /** The stage that an instruction takes from, unless it takes from an image. */
  Optional<Stage> find(String from, boolean allowsIndex) {
    if (allowsIndex && from.matches("[-+]?\\d{1,9}")) {
      int index = Integer.parseInt(from);
      if (index < 0 || index >= stages.size()) {
        throw BuildException.invalid("invalid stage index " + index);
      }
      return Optional.of(stages.get(index));
    }
    return Optional.ofNullable(byName.get(from.toLowerCase(Locale.ROOT)));
  }

  /** The stages that a stage's instructions take from, with the last line that does. */
  private SequencedMap<Stage, Line> sources(Stage stage) {
    var sources = new LinkedHashMap<Stage, Line>();
    for (var origin : origins(stage)) {
      if (origin.allowsIndex()) {
        refuseVariables(origin.name());
      }
      find(origin.name(), origin.allowsIndex()).ifPresent(s -> sources.put(s, origin.line()));
    }
    return sources;
  }

  private void refuseVariables(String from) {
    var expanded = Words.expand(from, escape, new Lookup(Map.of()), Words.Style.WORD);
    if (!expanded.equals(from)) {
      throw BuildException.invalid(
          "variable expansion is not supported for --from, define a new stage with FROM using ARG"
              + " from global scope as a workaround");
    }
  }

  /** What a stage starts from and what its instructions take from. */
  List<Stage> needs(Stage stage) {
    var needs = new ArrayList<Stage>();
    stage.baseStage.ifPresent(needs::add);
    needs.addAll(sources(stage).keySet());
    return needs;
  }

  /** A stage and all that it needs, and what those need. */
  Set<Stage> needed(Stage target) {
    var needed = new LinkedHashSet<Stage>();
    var pending = new ArrayList<Stage>(List.of(target));
    while (!pending.isEmpty()) {
      var stage = pending.removeLast();
      if (needed.add(stage)) {
        pending.addAll(needs(stage));
      }
    }
    return needed;
  }

  /**
   * Refuses names that stand for no stage and cannot stand for images.
   *
   * @throws BuildException with the instruction's place, but for mounts without, as upstream's
   */
  void checkImages(Places places) {
    for (var stage : stages) {
      for (var origin : origins(stage)) {
        try {
          if (isImage(origin)) {
            BaseImages.parse(origin.name());
          }
        } catch (BuildException e) {
          throw origin.allowsIndex() ? places.at(origin.line(), e) : places.nowhere(e);
        }
      }
    }
  }

  private boolean isImage(Origin origin) {
    return !origin.name().equals("scratch") && find(origin.name(), origin.allowsIndex()).isEmpty();
  }

  /** The images that a stage's instructions take from. */
  List<Origin> images(Stage stage) {
    return origins(stage).stream().filter(this::isImage).toList();
  }

  /** How many trees the file starts from: its stages, images copied from, mounts without one. */
  int states() {
    int states = stages.size();
    for (var stage : stages) {
      for (var origin : origins(stage)) {
        states += find(origin.name(), origin.allowsIndex()).isEmpty() ? 1 : 0;
      }
      for (var instruction : stage.instructions) {
        if (instruction instanceof Instruction.Run run) {
          states += (int) run.mounts().stream().filter(m -> RunMount.from(m).isEmpty()).count();
        }
      }
    }
    return states;
  }

  /**
   * @throws BuildException {@code circular dependency detected …} with the places of the
   *     instructions that make it, the last one first
   */
  void refuseCycles(Places places) {
    stages.forEach(this::sources); // refuses what names nothing, wherever it is
    var done = new HashSet<Stage>();
    for (var stage : stages) {
      var path = cycle(stage, done);
      if (!path.isEmpty()) {
        var error =
            BuildException.invalid("circular dependency detected on stage: " + stage.displayName());
        for (var line : path) {
          error = places.also(line, error);
        }
        throw error;
      }
    }
  }

  /** A stage on the way, the line that leads to it, and the sources that are still to be seen. */
  private record Step(Stage stage, Optional<Line> line, Iterator<Map.Entry<Stage, Line>> sources) {}

  private Step step(Stage stage, Optional<Line> line) {
    return new Step(stage, line, sources(stage).entrySet().iterator());
  }

  /** The lines of the first cycle that is met; the way may be as long as the file. */
  private List<Line> cycle(Stage start, Set<Stage> done) {
    if (!done.add(start)) {
      return List.of();
    }
    var way = new ArrayDeque<Step>(List.of(step(start, Optional.empty())));
    var on = new HashSet<Stage>(Set.of(start));
    while (!way.isEmpty()) {
      var step = way.getLast();
      if (!step.sources().hasNext()) {
        on.remove(way.removeLast().stage());
        continue;
      }
      var source = step.sources().next();
      if (on.contains(source.getKey())) {
        var lines = new ArrayList<Line>();
        way.forEach(s -> s.line().ifPresent(lines::add));
        lines.add(source.getValue());
        return lines;
      }
      if (done.add(source.getKey())) {
        on.add(source.getKey());
        way.addLast(step(source.getKey(), Optional.of(source.getValue())));
      }
    }
    return List.of();
  }
}
