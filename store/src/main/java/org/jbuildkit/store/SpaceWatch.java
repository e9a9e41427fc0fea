package org.jbuildkit.store;

import java.time.Duration;
import java.util.List;

/**
 * Measures trees that steps write to, and acts before the limit is broken: from some point on
 * records are removed, and when none is left a step is stopped.
 *
 * <p>It looks the more often the nearer the limit is, but spends only a part of its time measuring.
 */
public final class SpaceWatch implements AutoCloseable {
  private static final Duration END_TIME = Duration.ofSeconds(10);
  private static final double PRESSURE = 0.9;
  private static final double RELAXED = 0.85;

  /** How long it takes until a step that is stopped writes no more. */
  private static final double REACTION_SECONDS = 0.2;

  /** Steps are not expected to write more than this. */
  private static final double BYTES_PER_SECOND = 1e9;

  private static final long MIN_PAUSE_MILLIS = 25;
  private static final long MAX_PAUSE_MILLIS = 500;
  private static final int MEASURING_SHARE = 5;

  private final SpaceBudget budget;
  private final Snapshotter snapshotter;
  private final Thread thread;
  private long lastUsed;
  private long lastNanos = System.nanoTime();
  private double bytesPerSecond;

  private SpaceWatch(SpaceBudget budget, Snapshotter snapshotter) {
    this.budget = budget;
    this.snapshotter = snapshotter;
    this.lastUsed = budget.used();
    // Walks through folders hold their thread.
    this.thread = Thread.ofPlatform().daemon().name("space").unstarted(this::run);
  }

  /** Begins to watch, if there is a limit at all. */
  public static SpaceWatch start(SpaceBudget budget, Snapshotter snapshotter) {
    var watch = new SpaceWatch(budget, snapshotter);
    if (budget.isLimited()) {
      watch.thread.start();
    }
    return watch;
  }

  private void run() {
    try {
      while (true) {
        long began = System.nanoTime();
        var trees = budget.openTrees();
        measure(trees);
        act();
        Thread.sleep(pause(trees.isEmpty(), System.nanoTime() - began));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private long pause(boolean isIdle, long tookNanos) {
    if (isIdle) {
      return MAX_PAUSE_MILLIS / 2;
    }
    double headroom = Math.max(0, budget.limit() * PRESSURE - lastUsed);
    long safe = (long) (headroom / BYTES_PER_SECOND * 1000 / 2);
    long cheap = tookNanos / 1_000_000 * MEASURING_SHARE;
    return Math.clamp(Math.max(safe, cheap), MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
  }

  private void measure(List<SpaceClaim> trees) {
    for (var tree : trees) {
      tree.measured(LiveTree.bytes(snapshotter.content(tree.tree())));
    }
  }

  private void act() {
    long used = budget.used();
    long now = System.nanoTime();
    double seconds = Math.max(MIN_PAUSE_MILLIS / 1e3, (now - lastNanos) / 1e9);
    double growth = Math.max((used - lastUsed) / seconds, bytesPerSecond / 2);
    // What is counted all at once was not written all at once.
    bytesPerSecond = Math.clamp(growth, 0, BYTES_PER_SECOND);
    lastUsed = used;
    lastNanos = now;
    long coming = (long) (bytesPerSecond * REACTION_SECONDS);
    if (used + coming > budget.limit() * PRESSURE) {
      budget.makeRoom(() -> budget.used() + coming - (long) (budget.limit() * RELAXED));
      lastUsed = budget.used();
      lastNanos = System.nanoTime();
    }
    // Growth alone stops nobody: a burst that is over already looks the same.
    if (lastUsed > budget.limit() * PRESSURE && lastUsed + coming > budget.limit()) {
      budget.stopLargest();
    }
  }

  /** Stops watching, and waits for that. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.isAlive()) {
        var _ = thread.join(END_TIME);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
