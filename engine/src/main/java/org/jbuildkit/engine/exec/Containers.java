package org.jbuildkit.engine.exec;

import java.io.IOException;

/** Runs confined processes that are talked to while they run. */
public interface Containers {
  /**
   * Starts a container whose first process is talked to while it runs.
   *
   * @param hasTerminal whether the process gets a terminal for all its streams
   * @return what runs; the caller closes it
   * @throws IOException if the container can't be prepared
   */
  Container start(ContainerProcess process, boolean hasTerminal)
      throws IOException, InterruptedException;

  /** A container that runs. Closing it ends all of its processes, and waits for that. */
  interface Container extends AutoCloseable {
    /** The process that the container lives as long as. */
    RunningProcess main();

    /**
     * Starts one more process, once the first one runs.
     *
     * @throws IOException if the container has ended
     */
    RunningProcess add(AddedProcess process) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
  }
}
