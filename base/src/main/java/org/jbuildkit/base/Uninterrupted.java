package org.jbuildkit.base;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs a commit section to its end, whatever happens to its caller: the section has a thread of its
 * own, which nobody interrupts. An interrupt of the caller is kept for afterwards.
 */
public final class Uninterrupted {
  private Uninterrupted() {}

  /**
   * @throws Exception what the section threw, as it was
   */
  public static <T> T call(Callable<T> section) throws Exception {
    var task = new FutureTask<T>(section);
    Thread.ofVirtual().name("commit").start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw e.getCause() instanceof Exception cause ? cause : e;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
