package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.dockerfile.explain.VertexReader.Origin;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.llb.LlbEdge;

/** Remembers what each instruction of a conversion did, and where variables came from. */
final class ExplanationTrace implements StepTrace {
  /** More text in the variables of all processes together is not explained. */
  private static final long MOST_TEXT = 16 << 20;

  /** What each variable counts for besides its text. */
  private static final int VARIABLE = 64;

  private final List<Applied> steps = new ArrayList<>();
  private final Map<Stage, Map<String, Origin>> origins = new HashMap<>();
  private Optional<Begun> begun = Optional.empty();
  private long text;

  /** The conversion that is under way. */
  record Begun(BuildScene scene, StageGraph graph, Stage target, Set<Stage> needed) {}

  /**
   * An instruction and what it did.
   *
   * @param label how the step is counted; empty if it is none
   * @param origins of the variables that a process sees
   */
  record Applied(
      Stage stage,
      Instruction instruction,
      String label,
      boolean isTrigger,
      Optional<LlbEdge> before,
      Optional<LlbEdge> after,
      Map<String, Origin> origins) {}

  @Override
  public void begins(BuildScene scene, StageGraph graph, Stage target, Set<Stage> needed) {
    begun = Optional.of(new Begun(scene, graph, target, needed));
    steps.clear();
    origins.clear();
    text = 0;
  }

  @Override
  public void applied(Stage stage, Instruction instruction, Optional<LlbEdge> before) {
    var known = origins.computeIfAbsent(stage, this::inherited);
    switch (instruction) {
      case Instruction.Arg arg -> arg.pairs().forEach(pair -> argument(arg, pair, known));
      case Instruction.Env env ->
          env.pairs()
              .forEach(
                  pair -> known.put(name(stage, pair), new Origin("ENV", env.line().firstLine())));
      default -> {}
    }
    boolean isStep = !before.equals(stage.tree);
    var label = "%s %d/%d".formatted(stage.displayName(), stage.step, stage.steps);
    steps.add(
        new Applied(
            stage,
            instruction,
            isStep ? label : "",
            stage.isOnTrigger,
            before,
            stage.tree,
            instruction instanceof Instruction.Run ? seen(stage, known) : Map.of()));
  }

  private Map<String, Origin> inherited(Stage stage) {
    var known = new HashMap<String, Origin>();
    boolean hasPath =
        stage
            .baseConfig
            .map(config ->
                ImageSpec.parse(config).environment().keySet().stream().anyMatch("PATH"::equals))
            .orElse(false);
    stage
        .image
        .environment()
        .keySet()
        .forEach(name ->
            known.put(name, new Origin(name.equals("PATH") && !hasPath ? "default" : "image", 0)));
    stage.baseStage.map(origins::get).ifPresent(known::putAll);
    return known;
  }

  private String name(Stage stage, Instruction.Pair pair) {
    return Words.expand(
        pair.name(), scene().escape, new Lookup(stage.environment), Words.Style.WORD);
  }

  private void argument(Instruction.Arg arg, Instruction.Pair pair, Map<String, Origin> known) {
    var name = pair.name();
    var declared = scene().arguments.declared().get(name);
    if (scene().arguments.given(name).isPresent()) {
      known.put(name, new Origin("--build-arg", arg.line().firstLine()));
    } else if (pair.value().isPresent()) {
      known.put(name, new Origin("ARG", arg.line().firstLine()));
    } else if (scene().arguments.inherited(name).isPresent()) {
      known.put(
          name,
          declared == null
              ? new Origin("predefined", arg.line().firstLine())
              : new Origin("ARG", declared.line().firstLine()));
    }
  }

  private Map<String, Origin> seen(Stage stage, Map<String, Origin> known) {
    stage.environment.forEach((name, value) -> text += name.length() + value.length() + VARIABLE);
    if (text > MOST_TEXT) {
      throw new BuildException(
          ErrorCode.RESOURCE_EXHAUSTED, "there are too many variables to be explained");
    }
    var seen = new HashMap<String, Origin>();
    for (var name : stage.environment.keySet()) {
      var origin = known.get(name);
      if (origin != null) {
        seen.put(name, origin);
      }
    }
    return seen;
  }

  private BuildScene scene() {
    return begun().scene();
  }

  /**
   * @throws IllegalStateException if there was no conversion
   */
  Begun begun() {
    return begun.orElseThrow(() -> new IllegalStateException("nothing was converted"));
  }

  /** All instructions of needed stages, those of one stage in order. */
  List<Applied> steps() {
    return steps;
  }

  /** Stages whose instructions were applied. */
  Set<Stage> dispatched() {
    return new HashSet<>(origins.keySet());
  }
}
