package org.jbuildkit.base;

/**
 * Where tasks run and how they wait for each other. {@link Shared} and {@link TaskScope} start and
 * wait through this alone, so that a test can decide who runs when.
 */
public interface Threads {

  /** Virtual threads of the JDK. */
  static Threads virtual() {
    return VirtualThreads.INSTANCE;
  }

  /** Starts a task that sees no scoped value of the caller. May be called with a gate locked. */
  Running start(String name, Runnable body);

  /** A new lock with one condition. */
  Gate gate();

  /** A task that was started. */
  @FunctionalInterface
  interface Running {
    /** Interrupts the task; does nothing once it has ended. */
    void interrupt();
  }

  /** Guards fields and lets tasks wait until those change. Held for bookkeeping only. */
  interface Gate {
    void lock();

    void unlock();

    /**
     * Unlocks, waits for {@link #signalAll} and locks again; may return without a signal.
     *
     * @throws InterruptedException if the task is interrupted, before or while it waits
     */
    void await() throws InterruptedException;

    /** Wakes all who wait. */
    void signalAll();
  }
}
