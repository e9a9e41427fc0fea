package org.jbuildkit.store;

/**
 * What something that is being written takes: what was reserved for it, or what it was found to
 * have, if that is more. Guarded by the budget's lock.
 */
public final class SpaceClaim implements Room, AutoCloseable {
  private final SpaceBudget budget;
  private final String tree;
  private long reserved;
  private long measured;

  SpaceClaim(SpaceBudget budget, String tree, long bytes) {
    this.budget = budget;
    this.tree = tree;
    this.reserved = bytes;
  }

  /** The tree that is written to; empty for something else. */
  String tree() {
    return tree;
  }

  @Override
  public void reserve(long bytes) {
    budget.reserve(this, bytes);
  }

  void add(long bytes) {
    reserved += bytes;
  }

  void measured(long bytes) {
    synchronized (budget) {
      measured = bytes;
    }
  }

  long charge() {
    synchronized (budget) {
      return Math.max(reserved, measured);
    }
  }

  /** Gives everything back. */
  @Override
  public void close() {
    budget.drop(this);
  }
}
