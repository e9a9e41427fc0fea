package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A process that is talked to. Its streams are the container's to close; reads and writes block
 * their thread.
 */
public interface RunningProcess {
  /** What the process reads. Closing it is the end of what it reads, unless it has a terminal. */
  OutputStream input();

  /** What the process writes; with a terminal, all of it. */
  InputStream output();

  /** What the process writes on its stream for errors; with a terminal, nothing. */
  InputStream errors();

  /**
   * Waits for the end.
   *
   * @return the exit status, 0 to 255; 255 where it is unknown
   */
  int await() throws InterruptedException;

  /** Sends a signal by its number; nothing happens if the process has ended. */
  void signal(int number) throws IOException, InterruptedException;

  /** Tells the terminal's size, where there is a terminal. */
  void resize(int rows, int columns) throws IOException, InterruptedException;
}
