package org.jbuildkit.store;

import java.util.Set;

/** A step that writes what nobody can reserve for it. Closed by the thread that runs it. */
public final class WatchedStep implements AutoCloseable {
  private final SpaceBudget budget;
  private final Runnable stopping;
  private final Set<String> trees;
  private boolean stopped;
  private boolean ended;

  WatchedStep(SpaceBudget budget, Runnable stopping, Set<String> trees) {
    this.budget = budget;
    this.stopping = stopping;
    this.trees = Set.copyOf(trees);
  }

  Set<String> trees() {
    return trees;
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  /** Under the monitor: nothing is stopped that has ended. */
  synchronized void stop() {
    if (!ended && !stopped) {
      stopped = true;
      stopping.run();
    }
  }

  /**
   * Ends the watch.
   *
   * @throws org.jbuildkit.base.BuildException {@code RESOURCE_EXHAUSTED} if the step was stopped;
   *     the thread is not interrupted any more then
   */
  public void end() {
    close();
    if (isStopped()) {
      var _ = Thread.interrupted();
      throw budget.exhausted();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      ended = true;
    }
    budget.forget(this);
  }
}
