package org.jbuildkit.store;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Removes records that nothing uses and nothing is made of, children before what they are made of.
 * Works on the records as they were when it began; the store has the last word on each.
 */
final class PruneRun {
  private final Pruner.Records records;
  private final Predicate<UsageRecord> mayGo;
  private final Map<String, UsageRecord> byId = new HashMap<>();
  private final Map<String, Integer> children = new HashMap<>();
  private final EvictionOrder order;
  private final Deque<UsageRecord> anyOrder = new ArrayDeque<>();
  private final boolean isRanked;

  /**
   * @param isRanked whether the least valuable go first; else the order means nothing
   */
  PruneRun(
      Pruner.Records records,
      List<UsageRecord> usage,
      Predicate<UsageRecord> mayGo,
      boolean isRanked) {
    this.records = records;
    this.mayGo = mayGo;
    this.isRanked = isRanked;
    this.order = new EvictionOrder(isRanked ? usage : List.of());
    for (var record : usage) {
      byId.put(record.id(), record);
      record.parents().stream().distinct().forEach(id -> children.merge(id, 1, Integer::sum));
    }
    usage.forEach(this::consider);
  }

  private void consider(UsageRecord record) {
    if (record.isInUse() || children.containsKey(record.id()) || !mayGo.test(record)) {
      return;
    }
    if (isRanked) {
      order.add(record);
    } else {
      anyOrder.add(record);
    }
  }

  /** Removes one record and tells it as it was; empty if none is left that may go. */
  Optional<UsageRecord> removeNext() throws IOException {
    while (true) {
      var next = isRanked ? order.next() : Optional.ofNullable(anyOrder.poll());
      if (next.isEmpty()) {
        return next;
      }
      if (records.remove(next.get().id())) {
        next.get().parents().stream().distinct().forEach(this::childRemoved);
        return next;
      }
    }
  }

  private void childRemoved(String parent) {
    children.computeIfPresent(parent, (_, count) -> count == 1 ? null : count - 1);
    var record = byId.get(parent);
    if (record != null) {
      consider(record);
    }
  }

  /** Whether a policy lets a record go. */
  static boolean mayGo(PrunePolicy policy, UsageRecord record, Instant newest) {
    boolean isInternal =
        record.type() == RecordType.INTERNAL || record.type() == RecordType.FRONTEND;
    boolean isRecent =
        !policy.keepDuration().isZero()
            && record.lastUsedAt().filter(used -> used.isAfter(newest)).isPresent();
    return (policy.isAll() || !isInternal) && !isRecent && policy.filter().matches(record);
  }
}
