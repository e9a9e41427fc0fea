package org.jbuildkit.dockerfile;

import java.util.Optional;
import java.util.Set;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.llb.LlbEdge;

/** Is told what a conversion does, for an explanation of it; builds have none. */
interface StepTrace {
  StepTrace NONE = new None();

  /**
   * A conversion begins; what was told of an earlier one does not count.
   *
   * @param needed the stages that will be built
   */
  void begins(BuildScene scene, StageGraph graph, Stage target, Set<Stage> needed);

  /**
   * An instruction was applied.
   *
   * @param before the stage's tree before it
   */
  void applied(Stage stage, Instruction instruction, Optional<LlbEdge> before);

  /** Tells nobody. */
  final class None implements StepTrace {
    @Override
    public void begins(BuildScene scene, StageGraph graph, Stage target, Set<Stage> needed) {}

    @Override
    public void applied(Stage stage, Instruction instruction, Optional<LlbEdge> before) {}
  }
}
