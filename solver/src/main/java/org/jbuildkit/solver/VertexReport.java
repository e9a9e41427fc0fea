package org.jbuildkit.solver;

import java.time.Instant;
import java.util.Optional;

/** Takes what a running op says of itself. */
public interface VertexReport {

  /** Output of a process: stream 1 is stdout, 2 stderr. The bytes are not kept by the caller. */
  void log(int stream, byte[] data);

  /** The state of a part of the work; replaces what was said before under the same id. */
  void status(Status status);

  /**
   * Tells what the vertex turned out to stand for, where that is not in its definition: a digest, a
   * commit.
   */
  default void pinned(String pin) {}

  /** Tells that work on the vertex goes on, though it may have seemed complete. */
  default Stretch resumed() {
    return _ -> {};
  }

  /** One stretch of work on a vertex. */
  @FunctionalInterface
  interface Stretch {
    void completed(Optional<Throwable> error);
  }

  /**
   * @param id unique in the vertex; also the text shown where {@code name} is empty
   * @param total 0 if unknown
   */
  record Status(
      String id,
      String name,
      long current,
      long total,
      Instant timestamp,
      Optional<Instant> started,
      Optional<Instant> completed) {}
}
