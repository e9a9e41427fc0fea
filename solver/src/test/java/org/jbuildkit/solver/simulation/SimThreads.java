package org.jbuildkit.solver.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jbuildkit.base.Threads;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one runs at a time. Who goes on is drawn at each start of waiting, unlocking and
 * pausing; all fields are touched only by the one who runs. If nobody can go on while somebody
 * waits, that is a deadlock.
 */
final class SimThreads implements Threads {
  private static final long MOST_STEPS = 1_000_000;

  private final Random random;
  private final double stay;
  private final List<Task> runnable = new ArrayList<>();
  private final Set<Task> alive = new LinkedHashSet<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private @Nullable Task current;
  private long steps;
  private volatile Optional<String> deadlock = Optional.empty();
  private volatile Optional<Throwable> failure = Optional.empty();

  SimThreads(Random random) {
    this.random = random;
    this.stay = random.nextDouble() * 0.9;
  }

  /** One task, on a thread of its own that runs only while it has its turn. */
  final class Task implements Running {
    private final String name;
    private final Thread thread;
    private volatile boolean turn;
    private boolean started;
    private boolean interrupted;
    private boolean signalled;
    private boolean toldToStop;
    private @Nullable SimGate waitsAt;

    private Task(String name, Runnable body) {
      this.name = name;
      this.thread = Thread.ofVirtual().unstarted(() -> run(body));
    }

    private void run(Runnable body) {
      park();
      try {
        body.run();
      } catch (Throwable e) {
        failure = Optional.of(e);
      }
      ended(this);
    }

    @Override
    public void interrupt() {
      if (!alive.contains(this)) {
        return;
      }
      toldToStop = true;
      if (equals(current)) {
        thread.interrupt();
        return;
      }
      interrupted = true;
      var gate = waitsAt;
      if (gate != null) {
        gate.waiting.remove(this);
        waitsAt = null;
        runnable.add(this);
      }
    }

    /** Whether it was ever interrupted. */
    boolean isToldToStop() {
      return toldToStop;
    }

    private void give() {
      current = this;
      turn = true;
      if (started) {
        LockSupport.unpark(thread);
      } else {
        started = true;
        thread.start();
      }
    }

    private void park() {
      boolean was = Thread.interrupted();
      while (!turn) {
        LockSupport.park(this);
      }
      turn = false;
      if (was || interrupted) {
        interrupted = false;
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public Task start(String name, Runnable body) {
    var task = new Task(name, body);
    alive.add(task);
    runnable.add(task);
    return task;
  }

  /** The task that runs now. */
  Task current() {
    var task = current;
    if (task == null) {
      throw new IllegalStateException("no task runs");
    }
    return task;
  }

  /** Lets others go on, perhaps. */
  void pause() {
    var me = current;
    if (me == null) {
      return;
    }
    if (++steps > MOST_STEPS) {
      throw new AssertionError("the simulation goes on for ever");
    }
    if (runnable.isEmpty() || random.nextDouble() < stay) {
      return;
    }
    var next = draw();
    runnable.add(me);
    next.give();
    me.park();
  }

  private Task draw() {
    int last = runnable.size() - 1;
    int drawn = random.nextInt(last + 1);
    var task = runnable.get(drawn);
    runnable.set(drawn, runnable.get(last));
    runnable.remove(last);
    return task;
  }

  private void ended(Task task) {
    alive.remove(task);
    goOnWithout();
  }

  private void goOnWithout() {
    if (!runnable.isEmpty()) {
      draw().give();
      return;
    }
    current = null;
    if (!alive.isEmpty()) {
      var waiting = new StringBuilder("nobody can go on:");
      alive.forEach(task -> waiting.append("\n  ").append(task.name));
      deadlock = Optional.of(waiting.toString());
    }
    end.countDown();
  }

  /** Runs all that was started, and what that starts, to its end. */
  void run() throws InterruptedException {
    draw().give();
    if (!end.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the simulation hangs after " + steps + " steps");
    }
  }

  Optional<String> deadlock() {
    return deadlock;
  }

  Optional<Throwable> failure() {
    return failure;
  }

  @Override
  public Gate gate() {
    return new SimGate();
  }

  private final class SimGate implements Gate {
    private final Set<Task> waiting = new LinkedHashSet<>();
    private boolean locked;

    @Override
    public void lock() {
      pause();
      if (locked) {
        throw new AssertionError("a gate stayed locked while another task ran");
      }
      locked = true;
    }

    @Override
    public void unlock() {
      locked = false;
      pause();
    }

    @Override
    public void await() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      var me = current();
      waiting.add(me);
      me.waitsAt = this;
      me.signalled = false;
      locked = false;
      goOnWithout();
      me.park();
      locked = true;
      if (!me.signalled && Thread.interrupted()) {
        throw new InterruptedException();
      }
    }

    @Override
    public void signalAll() {
      for (var task : waiting) {
        task.waitsAt = null;
        task.signalled = true;
        runnable.add(task);
      }
      waiting.clear();
    }
  }
}
