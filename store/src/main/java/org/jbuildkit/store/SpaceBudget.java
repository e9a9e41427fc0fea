package org.jbuildkit.store;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;

/**
 * How much a daemon may keep on its disk, and what of it is taken: by stocks, which are complete,
 * and by claims, which are still being written. What we write ourselves is reserved before it is
 * written. What steps write can't be: their trees are measured while they run ({@link SpaceWatch}).
 *
 * <p>Lock order: the budget's lock, then those of stocks. Eviction runs outside of it.
 */
public final class SpaceBudget {
  private static final long UNLIMITED = Long.MAX_VALUE;

  private final long limit;
  private final List<LongSupplier> stocks = new CopyOnWriteArrayList<>();
  private final Set<SpaceClaim> claims = new LinkedHashSet<>();
  private final Set<WatchedStep> steps = new LinkedHashSet<>();
  private volatile Eviction eviction = _ -> {};

  /** Removes what can be spared. */
  @FunctionalInterface
  public interface Eviction {
    /** Removes things until the excess is gone or nothing is left that can be spared. */
    void run(LongSupplier excess);
  }

  private SpaceBudget(long limit) {
    this.limit = limit;
  }

  /** A budget without a limit, which keeps no books. */
  public static SpaceBudget unlimited() {
    return new SpaceBudget(UNLIMITED);
  }

  /**
   * @param limit in bytes, more than none
   */
  public static SpaceBudget of(long limit) {
    if (limit <= 0) {
      throw BuildException.invalid("invalid disk usage limit of " + limit + " bytes");
    }
    return new SpaceBudget(limit);
  }

  public boolean isLimited() {
    return limit != UNLIMITED;
  }

  /** In bytes. */
  public long limit() {
    return limit;
  }

  /** Counts in what this tells, in bytes; asked for often, so it has to know. */
  public void addStock(LongSupplier bytes) {
    stocks.add(bytes);
  }

  /** Says how to make room. */
  public void evictWith(Eviction newEviction) {
    eviction = newEviction;
  }

  /** Bytes taken, reserved ones included. */
  public long used() {
    long stored = 0;
    for (var stock : stocks) {
      stored += stock.getAsLong();
    }
    synchronized (this) {
      for (var claim : claims) {
        stored += claim.charge();
      }
    }
    return stored;
  }

  /** A claim on nothing yet, which the caller closes when stocks count what was written. */
  public SpaceClaim claim() {
    return claim("", 0);
  }

  /**
   * A claim for a tree that is open for writing.
   *
   * @param tree its id
   * @param bytes that it holds already
   */
  SpaceClaim claim(String tree, long bytes) {
    var claim = new SpaceClaim(this, tree, bytes);
    if (isLimited()) {
      synchronized (this) {
        claims.add(claim);
      }
    }
    return claim;
  }

  synchronized void drop(SpaceClaim claim) {
    claims.remove(claim);
  }

  void reserve(SpaceClaim claim, long bytes) {
    if (!isLimited() || tryReserve(claim, bytes)) {
      return;
    }
    makeRoom(() -> used() + bytes - limit);
    if (!tryReserve(claim, bytes)) {
      throw exhausted();
    }
  }

  private synchronized boolean tryReserve(SpaceClaim claim, long bytes) {
    if (used() + bytes > limit) {
      return false;
    }
    claim.add(bytes);
    return true;
  }

  void makeRoom(LongSupplier excess) {
    eviction.run(excess);
  }

  /** The error of all that finds no room. */
  BuildException exhausted() {
    return new BuildException(
        ErrorCode.RESOURCE_EXHAUSTED,
        "the disk usage limit of %s is reached and nothing more can be removed"
            .formatted(text(limit)));
  }

  static String text(long bytes) {
    for (var unit : List.of("TB:40", "GB:30", "MB:20", "KB:10")) {
      var parts = unit.split(":", -1);
      int shift = Integer.parseInt(parts[1]);
      if (bytes >> shift > 0 && bytes % (1L << shift) == 0) {
        return (bytes >> shift) + parts[0];
      }
    }
    return bytes + " bytes";
  }

  /** Trees that are open for writing. */
  synchronized List<SpaceClaim> openTrees() {
    return claims.stream().filter(claim -> !claim.tree().isEmpty()).toList();
  }

  /**
   * Watches the calling thread's step until that is closed: if it would break the limit and nothing
   * can be removed, the thread is interrupted.
   *
   * @param trees ids of the trees that it writes to
   */
  public WatchedStep watch(Set<String> trees) {
    return watch(trees, Thread.currentThread()::interrupt);
  }

  /**
   * As {@link #watch(Set)}, for a step that is stopped in another way.
   *
   * @param stopping returns soon
   */
  public WatchedStep watch(Set<String> trees, Runnable stopping) {
    var step = new WatchedStep(this, stopping, trees);
    synchronized (this) {
      steps.add(step);
    }
    return step;
  }

  synchronized void forget(WatchedStep step) {
    steps.remove(step);
  }

  /** Stops the step that takes most, unless one is stopping already. */
  void stopLargest() {
    Optional<WatchedStep> largest;
    synchronized (this) {
      if (steps.stream().anyMatch(WatchedStep::isStopped)) {
        return;
      }
      largest =
          steps.stream()
              .filter(step -> charge(step) > 0)
              .max(Comparator.comparingLong(this::charge));
    }
    largest.ifPresent(WatchedStep::stop);
  }

  private long charge(WatchedStep step) {
    return claims.stream()
        .filter(claim -> step.trees().contains(claim.tree()))
        .mapToLong(SpaceClaim::charge)
        .sum();
  }
}
