package org.jbuildkit.base;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs a block's parallel parts as tasks of their own and waits for all of them: the first failure
 * interrupts the rest, and {@link #join} throws it once every part has ended. Cancellation is
 * interruption: an interrupted {@code join} interrupts the parts, waits for them, and throws.
 *
 * <p>Opened, forked, joined and closed by one thread.
 */
public final class TaskScope implements AutoCloseable {
  private final Threads threads;
  private final Threads.Gate gate;
  private final List<Threads.Running> started = new ArrayList<>();
  private int unfinished;
  private @Nullable Throwable failure;

  private TaskScope(Threads threads) {
    this.threads = threads;
    this.gate = threads.gate();
  }

  public static TaskScope open() {
    return open(Threads.virtual());
  }

  /** A scope whose parts run on {@code threads}. */
  public static TaskScope open(Threads threads) {
    return new TaskScope(threads);
  }

  /** Starts a part at once. */
  public <T extends @Nullable Object> Task<T> fork(Callable<T> body) {
    var task = new Task<T>(body);
    var part = Shared.bound(task::run);
    gate.lock();
    try {
      unfinished++;
      var running = threads.start("", part);
      started.add(running);
      if (failure != null) {
        running.interrupt();
      }
    } finally {
      gate.unlock();
    }
    return task;
  }

  /**
   * Waits for all parts.
   *
   * @throws InterruptedException if the caller is interrupted; all parts have ended by then
   * @throws RuntimeException the first part's failure as it was, or wrapped if it was checked
   */
  public void join() throws InterruptedException {
    if (awaitAll(false)) {
      throw new InterruptedException();
    }
    switch (failure()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case InterruptedException _ -> throw new InterruptedException();
      case Throwable e ->
          throw new BuildException(ErrorCode.UNKNOWN, BuildException.describe(e), e);
    }
  }

  private @Nullable Throwable failure() {
    gate.lock();
    try {
      return failure;
    } finally {
      gate.unlock();
    }
  }

  /** Whether the caller was interrupted meanwhile. */
  private boolean awaitAll(boolean interruptFirst) {
    boolean interrupted = false;
    gate.lock();
    try {
      if (interruptFirst && unfinished > 0) {
        interruptAll();
      }
      while (unfinished > 0) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          interrupted = true;
          interruptAll();
        }
      }
    } finally {
      gate.unlock();
    }
    return interrupted;
  }

  private void interruptAll() {
    started.forEach(Threads.Running::interrupt);
  }

  /** Interrupts what still runs and waits for it. */
  @Override
  public void close() {
    if (awaitAll(true)) {
      Thread.currentThread().interrupt();
    }
  }

  /** One part; its value is there after {@link TaskScope#join}. */
  public final class Task<T extends @Nullable Object> {
    private final Callable<T> body;
    private volatile @Nullable T value;
    private volatile boolean succeeded;

    private Task(Callable<T> body) {
      this.body = body;
    }

    private void run() {
      @Nullable Throwable error = null;
      try {
        value = body.call();
        succeeded = true;
      } catch (Throwable e) {
        error = e;
      }
      ended(error);
    }

    /**
     * The part's value.
     *
     * @throws IllegalStateException if it has not succeeded
     */
    @SuppressWarnings("NullAway") // a part that succeeded has stored what its body returned
    public T get() {
      if (!succeeded) {
        throw new IllegalStateException("the task has not succeeded");
      }
      return value;
    }
  }

  private void ended(@Nullable Throwable error) {
    gate.lock();
    try {
      unfinished--;
      if (error != null && failure == null) {
        failure = error;
        interruptAll();
      }
      if (unfinished == 0) {
        gate.signalAll();
      }
    } finally {
      gate.unlock();
    }
  }
}
