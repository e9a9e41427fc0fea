package org.jbuildkit.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Records in the order in which they go. A record's value is the rank of its last use among those
 * that may go, as a part of the highest rank, plus the same of its number of uses; so it changes as
 * others come and go. Among records of equal number the one used earliest has the least value: only
 * those are compared.
 */
final class EvictionOrder {
  private final Ranks times;
  private final Ranks counts;
  private final TreeMap<Integer, PriorityQueue<UsageRecord>> byCount = new TreeMap<>();

  /**
   * @param all records that may be added
   */
  EvictionOrder(List<UsageRecord> all) {
    this.times = new Ranks(all.stream().mapToLong(EvictionOrder::time).toArray(), Long.MIN_VALUE);
    this.counts = new Ranks(all.stream().mapToLong(UsageRecord::usageCount).toArray(), 0);
  }

  private static long time(UsageRecord record) {
    return record.lastUsedAt().map(EvictionOrder::nanos).orElse(Long.MIN_VALUE);
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  /** Takes in a record that may go. */
  void add(UsageRecord record) {
    times.add(time(record));
    counts.add(record.usageCount());
    byCount
        .computeIfAbsent(
            record.usageCount(),
            _ -> new PriorityQueue<>(Comparator.comparingLong(EvictionOrder::time)))
        .add(record);
  }

  /** Takes out the record of the least value; of equal ones that of fewer uses. */
  Optional<UsageRecord> next() {
    UsageRecord least = null;
    double leastScore = Double.MAX_VALUE;
    for (var records : byCount.values()) {
      var first = records.peek();
      if (first != null && score(first) < leastScore) {
        least = first;
        leastScore = score(first);
      }
    }
    if (least == null) {
      return Optional.empty();
    }
    remove(least);
    return Optional.of(least);
  }

  private void remove(UsageRecord first) {
    byCount.computeIfPresent(
        first.usageCount(),
        (_, records) -> {
          records.poll();
          return records.isEmpty() ? null : records;
        });
    times.remove(time(first));
    counts.remove(first.usageCount());
  }

  private double score(UsageRecord record) {
    return times.part(time(record)) + counts.part(record.usageCount());
  }

  /**
   * Ranks of values among those present: 1 for the lowest there can be, one more for each other.
   */
  private static final class Ranks {
    private final long[] values;
    private final long lowest;
    private final int[] present;
    // A Fenwick tree over which values are present.
    private final int[] sums;

    Ranks(long[] all, long lowest) {
      this.values = Arrays.stream(all).sorted().distinct().toArray();
      this.lowest = lowest;
      this.present = new int[values.length];
      this.sums = new int[values.length + 1];
    }

    void add(long value) {
      int at = Arrays.binarySearch(values, value);
      if (present[at]++ == 0 && value != lowest) {
        change(at, 1);
      }
    }

    void remove(long value) {
      int at = Arrays.binarySearch(values, value);
      if (--present[at] == 0 && value != lowest) {
        change(at, -1);
      }
    }

    private void change(int at, int by) {
      for (int i = at + 1; i < sums.length; i += i & -i) {
        sums[i] += by;
      }
    }

    private int rank(int at) {
      int sum = 1;
      for (int i = at + 1; i > 0; i -= i & -i) {
        sum += sums[i];
      }
      return sum;
    }

    double part(long value) {
      return rank(Arrays.binarySearch(values, value)) / (double) rank(values.length - 1);
    }
  }
}
