package org.jbuildkit.engine.exec;

/** Takes what a process writes, by one thread per stream, and at its end what it used. */
@FunctionalInterface
public interface ProcessOutput {
  int STDOUT = 1;
  int STDERR = 2;

  /**
   * @param data not kept by the caller
   */
  void write(int stream, byte[] data);

  /** Told once, when the process has ended. */
  default void used(StepUsage usage) {}
}
