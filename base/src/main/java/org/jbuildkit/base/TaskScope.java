package org.jbuildkit.base;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a block's parallel parts on virtual threads and waits for all of them: the first failure
 * interrupts the rest, and {@link #join} throws it once every part has ended. Cancellation is
 * interruption: an interrupted {@code join} interrupts the parts, waits for them, and throws.
 *
 * <p>Opened, forked, joined and closed by one thread.
 */
public final class TaskScope implements AutoCloseable {
  private final List<Task<?>> tasks = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private TaskScope() {}

  public static TaskScope open() {
    return new TaskScope();
  }

  /** Starts a part at once. */
  public <T extends @Nullable Object> Task<T> fork(Callable<T> body) {
    var task = new Task<T>(body);
    synchronized (tasks) {
      tasks.add(task);
    }
    task.thread.start();
    if (failure.get() != null) {
      task.thread.interrupt();
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
    boolean interrupted = awaitAll();
    if (interrupted) {
      throw new InterruptedException();
    }
    var first = failure.get();
    switch (first) {
      case null -> {}
      case BuildException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case InterruptedException _ -> throw new InterruptedException();
      default -> throw new BuildException(ErrorCode.UNKNOWN, BuildException.describe(first), first);
    }
  }

  private boolean awaitAll() {
    boolean interrupted = false;
    for (int i = 0; i < tasks.size(); i++) {
      while (true) {
        try {
          tasks.get(i).done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          interruptAll();
        }
      }
    }
    return interrupted;
  }

  private void interruptAll() {
    synchronized (tasks) {
      tasks.forEach(task -> task.thread.interrupt());
    }
  }

  /** Interrupts what still runs and waits for it. */
  @Override
  public void close() {
    boolean running = tasks.stream().anyMatch(task -> task.done.getCount() > 0);
    if (running) {
      interruptAll();
    }
    if (awaitAll()) {
      Thread.currentThread().interrupt();
    }
  }

  /** One part; its value is there after {@link TaskScope#join}. */
  public final class Task<T extends @Nullable Object> {
    private final Thread thread;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T value;
    private boolean succeeded;

    private Task(Callable<T> body) {
      this.thread = Thread.ofVirtual().unstarted(() -> run(body));
    }

    private void run(Callable<T> body) {
      try {
        value = body.call();
        succeeded = true;
      } catch (Throwable e) {
        if (failure.compareAndSet(null, e)) {
          interruptAll();
        }
      } finally {
        done.countDown();
      }
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
}
