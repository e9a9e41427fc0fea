package org.jbuildkit.store;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Removes records under policies, the least valuable first: value grows with the rank of the last
 * use and of the number of uses. One run at a time.
 */
public final class Pruner {
  private static final int BATCH = 10;

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

  private void prune(PrunePolicy policy, Consumer<UsageRecord> removed) throws IOException {
    var usage = records.usage();
    long total = usage.stream().mapToLong(UsageRecord::size).sum();
    long free = policy.minFreeSpace() == 0 ? 0 : records.freeSpace();
    long keep = policy.keep(total, free);
    var stuck = new HashSet<String>();
    while (keep == 0 || total >= keep) {
      var batch = next(policy, usage, stuck, keep == 0 ? BATCH : 1);
      if (batch.isEmpty()) {
        return;
      }
      for (var record : batch) {
        if (records.remove(record.id())) {
          total -= record.size();
          removed.accept(record);
        } else {
          stuck.add(record.id());
        }
      }
      usage = records.usage();
    }
  }

  private List<UsageRecord> next(
      PrunePolicy policy, List<UsageRecord> usage, Set<String> stuck, int limit) {
    var parents = new HashSet<String>();
    usage.forEach(record -> parents.addAll(record.parents()));
    var newest = clock.instant().minus(policy.keepDuration());
    var eligible = new ArrayList<UsageRecord>();
    for (var record : usage) {
      if (!record.isInUse()
          && !parents.contains(record.id())
          && !stuck.contains(record.id())
          && mayGo(policy, record, newest)) {
        eligible.add(record);
      }
    }
    var scores = scores(eligible);
    eligible.sort(
        Comparator.<UsageRecord>comparingDouble(record -> scores.getOrDefault(record.id(), 0.0))
            .thenComparingInt(UsageRecord::usageCount));
    return eligible.subList(0, Math.min(limit, eligible.size()));
  }

  private static boolean mayGo(PrunePolicy policy, UsageRecord record, Instant newest) {
    boolean isInternal =
        record.type() == RecordType.INTERNAL || record.type() == RecordType.FRONTEND;
    boolean isRecent =
        !policy.keepDuration().isZero()
            && record.lastUsedAt().filter(used -> used.isAfter(newest)).isPresent();
    return (policy.isAll() || !isInternal) && !isRecent && policy.filter().matches(record);
  }

  /** Rank of last use and rank of use count, each as a part of its highest, added. */
  static Map<String, Double> scores(List<UsageRecord> records) {
    var byTime = new ArrayList<>(records);
    byTime.sort(Comparator.comparing(Pruner::lastUse));
    var byCount = new ArrayList<>(records);
    byCount.sort(Comparator.comparingInt(UsageRecord::usageCount));
    var timeRank = new HashMap<String, Integer>();
    int rank = 1;
    var last = Instant.MIN;
    for (var record : byTime) {
      if (lastUse(record).isAfter(last)) {
        rank++;
        last = lastUse(record);
      }
      timeRank.put(record.id(), rank);
    }
    double highestTime = rank;
    var scores = new HashMap<String, Double>();
    rank = 1;
    int count = 0;
    var countRank = new HashMap<String, Integer>();
    for (var record : byCount) {
      if (record.usageCount() != count) {
        rank++;
        count = record.usageCount();
      }
      countRank.put(record.id(), rank);
    }
    for (var record : records) {
      double time = timeRank.getOrDefault(record.id(), 1) / highestTime;
      scores.put(record.id(), time + countRank.getOrDefault(record.id(), 1) / (double) rank);
    }
    return scores;
  }

  private static Instant lastUse(UsageRecord record) {
    return record.lastUsedAt().orElse(Instant.MIN);
  }
}
