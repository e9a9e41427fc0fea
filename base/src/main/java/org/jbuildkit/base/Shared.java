package org.jbuildkit.base;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value computed once for many waiters. The first waiter starts the body on a virtual thread that
 * belongs to the slot, not to the waiter; each waiter can leave alone by being interrupted, and the
 * last one to leave interrupts the body. A later waiter then starts it anew.
 *
 * <p>A value or failure is remembered; an interruption never is. A value that arrives after all
 * waiters left is handed to the {@code discard} action instead of being published.
 *
 * <p>Lock order: the lock is held for bookkeeping only, never while the body or {@code discard}
 * runs.
 */
public final class Shared<T> {
  private final String name;
  private final Callable<T> body;
  private final Consumer<T> discard;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private long generation;
  private int waiters;
  private @Nullable Thread runner;
  private @Nullable T value;
  private @Nullable Throwable failure;
  private boolean done;

  /**
   * @param name what is computed, for dumps
   * @param body computes the value; runs without any of the waiters' scoped values
   * @param discard takes a value that came too late
   */
  public Shared(String name, Callable<T> body, Consumer<T> discard) {
    this.name = name;
    this.body = body;
    this.discard = discard;
  }

  public Shared(String name, Callable<T> body) {
    this(name, body, _ -> {});
  }

  /**
   * Waits for the value, starting the body if it neither runs nor has ended.
   *
   * @throws InterruptedException if this waiter is interrupted; others are not disturbed
   * @throws RuntimeException the body's failure
   */
  public T await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      waiters++;
      try {
        while (!done) {
          if (runner == null) {
            start();
          }
          changed.await();
        }
        return outcome();
      } finally {
        if (--waiters == 0 && !done) {
          abandon();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The value if it is there already. */
  public Optional<T> peek() {
    lock.lock();
    try {
      return done && failure == null ? Optional.ofNullable(value) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  public boolean isRunning() {
    lock.lock();
    try {
      return runner != null;
    } finally {
      lock.unlock();
    }
  }

  private void start() {
    long mine = generation;
    runner = Thread.ofVirtual().name(name).start(() -> run(mine));
  }

  private void run(long mine) {
    @Nullable T result = null;
    @Nullable Throwable error = null;
    try {
      result = body.call();
    } catch (Throwable e) {
      error = e;
    }
    if (!publish(mine, result, error) && result != null) {
      discard.accept(result);
    }
  }

  private boolean publish(long mine, @Nullable T result, @Nullable Throwable error) {
    lock.lock();
    try {
      if (mine != generation) {
        return false;
      }
      runner = null;
      if (!(error instanceof InterruptedException)) {
        value = result;
        failure = error;
        done = true;
      }
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void abandon() {
    generation++;
    var abandoned = runner;
    runner = null;
    if (abandoned != null) {
      abandoned.interrupt();
    }
  }

  @SuppressWarnings("NullAway") // done without failure means that the body's value is stored
  private T outcome() {
    switch (failure) {
      case null -> {
        return value;
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default ->
          throw new BuildException(ErrorCode.UNKNOWN, BuildException.describe(failure), failure);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
