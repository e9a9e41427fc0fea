package org.jbuildkit.engine.op;

import java.util.concurrent.Semaphore;

/** Bounds how many ops run at once. */
public final class Permits {
  private final Semaphore semaphore;

  /**
   * @param max at least 1; 0 stands for no bound
   */
  public Permits(int max) {
    this.semaphore = new Semaphore(max == 0 ? Integer.MAX_VALUE : max, true);
  }

  /** Waits for a place, which the caller closes. */
  public Permit acquire() throws InterruptedException {
    semaphore.acquire();
    return semaphore::release;
  }

  /** A place among those that run. */
  @FunctionalInterface
  public interface Permit extends AutoCloseable {
    @Override
    void close();
  }
}
