package org.jbuildkit.dockerfile;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.llb.LlbEdge;

/** The time that {@code SOURCE_DATE_EPOCH} asks for: a number, or the age of something. */
final class Epoch {
  static final String NAME = "SOURCE_DATE_EPOCH";
  private static final String CONTEXT = "[internal] resolve main build context metadata";
  private static final String NAMED = "[internal] resolve SOURCE_DATE_EPOCH named context ";
  private static final String STAGE = "[internal] resolve SOURCE_DATE_EPOCH source stage ";

  private final BuildScene scene;
  private final ImageConfigs configs;
  private final Places places;

  private Epoch(BuildScene scene, ImageConfigs configs, Places places) {
    this.scene = scene;
    this.configs = configs;
    this.places = places;
  }

  /**
   * Finds the time, and leaves the argument with it in seconds, or without a value if there is
   * none. Local directories have no age.
   *
   * @throws BuildException {@code invalid SOURCE_DATE_EPOCH: …}
   */
  static Optional<Instant> resolve(
      BuildScene scene, ImageConfigs configs, Places places, List<Instruction> instructions)
      throws InterruptedException {
    var arguments = scene.arguments;
    var text = arguments.given(NAME).or(() -> arguments.inherited(NAME).filter(v -> !v.isEmpty()));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var epoch =
        text.get().isEmpty()
            ? Optional.<Instant>empty()
            : new Epoch(scene, configs, places).of(text.get(), instructions);
    arguments.replace(NAME, epoch.map(e -> Long.toString(e.getEpochSecond())).orElse(""));
    return epoch;
  }

  private Optional<Instant> of(String text, List<Instruction> instructions)
      throws InterruptedException {
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException _) {
      // The text may name something.
    }
    if (text.equals("context")) {
      scene.loadContext();
      return configs.dates().of(scene.contextTree(), CONTEXT);
    }
    var named = NamedContexts.find(scene, text, scene.target);
    if (named.isPresent()) {
      return of(named.get(), text);
    }
    var source = stage(text, instructions);
    return configs.dates().of(source.tree(), STAGE + source.name());
  }

  /** What else a context may be has no age, and is not looked up. */
  private Optional<Instant> of(NamedContexts.Named named, String text) throws InterruptedException {
    if (!named.value().matches("(?s)(git|https?|input|git@.*):.*")) {
      return Optional.empty();
    }
    var found = new NamedContexts(configs).load(scene, named, scene.target, List.of());
    return found.tree().isEmpty()
        ? Optional.empty()
        : configs.dates().of(found.tree().get(), NAMED + text);
  }

  private record Source(String name, LlbEdge tree) {}

  /** The one remote source that a stage is made of. */
  private Source stage(String name, List<Instruction> instructions) {
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i) instanceof Instruction.From from
          && from.stage().filter(name::equalsIgnoreCase).isPresent()) {
        try {
          var tree = EpochStage.source(scene, from, body(instructions, i + 1));
          return new Source(from.stage().orElse(name), tree);
        } catch (BuildException e) {
          throw places.at(from.line(), e);
        }
      }
    }
    throw new BuildException(ErrorCode.UNKNOWN, "invalid SOURCE_DATE_EPOCH: " + name);
  }

  private static List<Instruction> body(List<Instruction> instructions, int start) {
    int end = start;
    while (end < instructions.size() && !(instructions.get(end) instanceof Instruction.From)) {
      end++;
    }
    return instructions.subList(start, end);
  }
}
