package org.jbuildkit.solver;

import java.util.Optional;

/** A vertex's progress, told once and fanned out to all builds that take part, late ones too. */
public interface VertexProgress<J extends Participant> extends VertexReport {

  /**
   * The build sees all that was and will be reported.
   *
   * @param vertex the vertex as the build's own definition has it
   */
  void join(J participant, Vertex<J> vertex);

  void leave(J participant);

  /** The vertex runs, or its result is being loaded from the cache. */
  Run started(boolean cached);

  @Override
  default Stretch resumed() {
    return started(false)::completed;
  }

  /** One stretch of work on a vertex. */
  interface Run {
    void completed(Optional<Throwable> error);
  }
}
