package org.jbuildkit.engine.exec;

import java.io.IOException;

/** Runs confined processes. The one place that decides what a process may do. */
public interface Executor {

  /**
   * Runs a process and waits for its end. A runtime that can't start it says why on the process's
   * output. When this returns nothing of the container is left; interrupted, the process is killed
   * first.
   *
   * @return the exit status, 0 to 255; 255 where it is unknown
   * @throws IOException if the container can't be prepared
   * @throws org.jbuildkit.base.BuildException for values that no container can have
   */
  int run(ContainerProcess process, ProcessOutput output) throws IOException, InterruptedException;

  /**
   * Starts a container whose first process is talked to while it runs.
   *
   * @param hasTerminal whether the process gets a terminal for all its streams
   * @return what runs; the caller closes it
   * @throws IOException if the container can't be prepared
   */
  Container start(ContainerProcess process, boolean hasTerminal) throws IOException;

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
