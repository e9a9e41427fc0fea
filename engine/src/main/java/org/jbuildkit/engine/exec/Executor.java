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
}
