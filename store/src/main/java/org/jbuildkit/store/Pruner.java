package org.jbuildkit.store;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Removes records under policies, the least valuable first: value grows with the rank of the last
 * use and of the number of uses. One run at a time.
 */
public final class Pruner {

  private final Records records;
  private final Clock clock;
  // Held for a whole run: policies of two callers never mix.
  private final ReentrantLock running = new ReentrantLock();

  /** What is pruned. */
  public interface Records {
    List<UsageRecord> usage() throws IOException;

    /** Whether it is gone; false while something uses it or is made of it. */
    boolean remove(String id) throws IOException;

    /** Free bytes of the file system that holds the records. */
    long freeSpace() throws IOException;
  }

  public Pruner(Records records, Clock clock) {
    this.records = records;
    this.clock = clock;
  }

  /** Applies the policies one after another; each removed record is told as it was. */
  public void prune(List<PrunePolicy> policies, Consumer<UsageRecord> removed)
      throws IOException, InterruptedException {
    running.lockInterruptibly();
    try {
      for (var policy : policies) {
        prune(policy, removed);
      }
    } finally {
      running.unlock();
    }
  }

  private void prune(PrunePolicy policy, Consumer<UsageRecord> removed)
      throws IOException, InterruptedException {
    var usage = records.usage();
    long total = usage.stream().mapToLong(UsageRecord::size).sum();
    long free = policy.minFreeSpace() == 0 ? 0 : records.freeSpace();
    long keep = policy.keep(total, free);
    var newest = clock.instant().minus(policy.keepDuration());
    var run =
        new PruneRun(records, usage, record -> PruneRun.mayGo(policy, record, newest), keep != 0);
    while (keep == 0 || total >= keep) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      var gone = run.removeNext();
      if (gone.isEmpty()) {
        return;
      }
      total -= gone.get().size();
      removed.accept(gone.get());
    }
  }
}
