package org.jbuildkit.base;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value computed once for many waiters. The first waiter starts the body as a task that belongs
 * to the slot, not to the waiter; each waiter can leave alone by being interrupted, and the last
 * one to leave interrupts the body. A later waiter then starts it anew.
 *
 * <p>A value or failure is remembered; an interruption never is. A value that arrives after all
 * waiters left is handed to the {@code discard} action instead of being published, and so is the
 * published one once the slot is closed and nobody uses it.
 *
 * <p>Lock order: the gate is held for bookkeeping only, never while the body, {@code discard} or a
 * waiter's use of the value runs.
 */
public final class Shared<T> implements AutoCloseable {
  private static final ScopedValue<SharedGroup.Flight> CURRENT = ScopedValue.newInstance();

  private final SharedGroup group;
  private final String name;
  private final boolean nests;
  private final Callable<T> body;
  private final Consumer<T> discard;
  private final Threads.Gate gate;

  private int waiters;
  private volatile SharedGroup.@Nullable Flight flight;
  private Threads.@Nullable Running runner;
  private @Nullable T value;
  private @Nullable Throwable failure;
  private boolean done;
  private boolean closed;

  Shared(SharedGroup group, String name, boolean nests, Callable<T> body, Consumer<T> discard) {
    this.group = group;
    this.name = name;
    this.nests = nests;
    this.body = body;
    this.discard = discard;
    this.gate = group.threads().gate();
  }

  /**
   * @param name what is computed, for dumps
   * @param body computes the value; runs without any of the waiters' scoped values
   * @param discard takes a value that came too late
   */
  public Shared(String name, Callable<T> body, Consumer<T> discard) {
    this(new SharedGroup(Threads.virtual()), name, false, body, discard);
  }

  public Shared(String name, Callable<T> body) {
    this(name, body, _ -> {});
  }

  /** Runs a part of a body in another task so that its waits count as the body's. */
  static Runnable bound(Runnable part) {
    if (!CURRENT.isBound()) {
      return part;
    }
    var flight = CURRENT.get();
    return () -> ScopedValue.where(CURRENT, flight).run(part);
  }

  /**
   * Waits for the value, starting the body if it neither runs nor has ended.
   *
   * @throws InterruptedException if this waiter is interrupted; others are not disturbed
   * @throws RuntimeException the body's failure; {@code CANCELLED} if the slot is closed
   */
  public T await() throws InterruptedException {
    return await(value -> value);
  }

  /** What a waiter makes of a value, before that can be discarded. */
  @FunctionalInterface
  public interface Use<T, R> {
    R of(T value);
  }

  /** As {@link #await()}; the value is not discarded before {@code use} has returned. */
  public <R> R await(Use<T, R> use) throws InterruptedException {
    SharedGroup.@Nullable Flight waiting = CURRENT.isBound() ? CURRENT.get() : null;
    gate.lock();
    waiters++;
    gate.unlock();
    try {
      if (waiting != null) {
        group.waits(waiting, this);
      }
      try {
        awaitDone();
      } finally {
        if (waiting != null) {
          group.waitsNoMore(waiting, this);
        }
      }
      return use.of(outcome());
    } finally {
      leave();
    }
  }

  private void awaitDone() throws InterruptedException {
    gate.lock();
    try {
      while (!done && !closed) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (flight == null) {
          start();
        }
        gate.await();
      }
    } finally {
      gate.unlock();
    }
  }

  private void leave() {
    @Nullable T dropped = null;
    gate.lock();
    try {
      if (--waiters == 0) {
        if (!done) {
          abandon();
        }
        dropped = takeIfClosed();
      }
    } finally {
      gate.unlock();
    }
    drop(dropped);
  }

  private @Nullable T takeIfClosed() {
    if (!closed || waiters > 0) {
      return null;
    }
    var taken = value;
    value = null;
    return taken;
  }

  private void drop(@Nullable T dropped) {
    if (dropped != null) {
      discard.accept(dropped);
    }
  }

  /**
   * Ends the slot: a running body is interrupted, who waits is told that it is cancelled, and the
   * value is discarded once nobody uses it. Closing again does nothing.
   */
  @Override
  public void close() {
    @Nullable T dropped;
    gate.lock();
    try {
      closed = true;
      abandon();
      dropped = takeIfClosed();
      gate.signalAll();
    } finally {
      gate.unlock();
    }
    drop(dropped);
  }

  /** The value if it is there already. It may be discarded while the caller looks at it. */
  public Optional<T> peek() {
    gate.lock();
    try {
      return done && failure == null ? Optional.ofNullable(value) : Optional.empty();
    } finally {
      gate.unlock();
    }
  }

  public boolean isRunning() {
    return flight != null;
  }

  /** Whether the body runs or has ended, and has not been given up. */
  public boolean isUnderway() {
    gate.lock();
    try {
      return done || flight != null;
    } finally {
      gate.unlock();
    }
  }

  int waiters() {
    gate.lock();
    try {
      return waiters;
    } finally {
      gate.unlock();
    }
  }

  SharedGroup.@Nullable Flight flight() {
    return flight;
  }

  private void start() {
    var mine = new SharedGroup.Flight(this, nests);
    flight = mine;
    runner =
        group.threads().start(name, () -> ScopedValue.where(CURRENT, mine).run(() -> run(mine)));
  }

  private void run(SharedGroup.Flight mine) {
    if (!mine.equals(flight)) {
      // Given up before it began.
      return;
    }
    @Nullable T result = null;
    @Nullable Throwable error = null;
    group.started(mine);
    try {
      result = body.call();
    } catch (Throwable e) {
      error = e;
    } finally {
      group.ended(mine);
    }
    if (!publish(mine, result, error)) {
      drop(result);
    }
  }

  private boolean publish(SharedGroup.Flight mine, @Nullable T result, @Nullable Throwable error) {
    gate.lock();
    try {
      if (mine != flight) {
        return false;
      }
      flight = null;
      runner = null;
      if (!(error instanceof InterruptedException)) {
        value = result;
        failure = error;
        done = true;
      }
      gate.signalAll();
      return true;
    } finally {
      gate.unlock();
    }
  }

  private void abandon() {
    var abandoned = runner;
    flight = null;
    runner = null;
    if (abandoned != null) {
      abandoned.interrupt();
    }
  }

  private T outcome() {
    gate.lock();
    try {
      var error = failure;
      var result = value;
      if (error == null && result != null) {
        return result;
      }
      if (error == null) {
        throw new BuildException(ErrorCode.CANCELLED, "context canceled");
      }
      if (error instanceof Error fatal) {
        throw fatal;
      }
      throw unchecked(error);
    } finally {
      gate.unlock();
    }
  }

  private static RuntimeException unchecked(Throwable error) {
    return error instanceof RuntimeException known
        ? known
        : new BuildException(ErrorCode.UNKNOWN, BuildException.describe(error), error);
  }

  @Override
  public String toString() {
    return name;
  }
}
