package org.jbuildkit.engine.history;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.control.BuildHistoryRecord;

/**
 * Which records stay: the newest ones, and all that are young.
 *
 * @param maxEntries how many stay however old they are; pinned ones don't count
 */
public record Retention(Duration maxAge, int maxEntries) {
  /** Two days or fifty records. */
  public static final Retention DEFAULT = new Retention(Duration.ofDays(2), 50);

  /** Records that neither rule keeps, nor a pin. */
  List<BuildHistoryRecord> surplus(List<BuildHistoryRecord> records, Instant now) {
    var oldest = now.minus(maxAge);
    return records.stream()
        .filter(record -> !record.getPinned())
        .sorted(Comparator.comparing(Retention::completed).reversed())
        .skip(Math.max(0, maxEntries))
        .filter(record -> completed(record).isBefore(oldest))
        .toList();
  }

  private static Instant completed(BuildHistoryRecord record) {
    return Timestamps.instant(record.getCompletedAt());
  }
}
