package org.jbuildkit.engine.exec;

/** Takes what a process writes. Called by one thread per stream. */
@FunctionalInterface
public interface ProcessOutput {
  int STDOUT = 1;
  int STDERR = 2;

  /**
   * @param data not kept by the caller
   */
  void write(int stream, byte[] data);
}
