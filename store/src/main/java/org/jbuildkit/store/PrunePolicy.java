package org.jbuildkit.store;

import java.time.Duration;

/**
 * What may be removed and how much of it. Sizes are bytes; zero means no limit, and with all three
 * sizes zero everything eligible goes.
 *
 * @param isAll also internal records and frontends
 * @param keepDuration records used more recently stay; zero keeps none for that reason
 * @param reservedSpace never shrink below this
 * @param maxUsedSpace shrink to this
 * @param minFreeSpace shrink until the file system has this much free
 */
public record PrunePolicy(
    UsageFilter filter,
    boolean isAll,
    Duration keepDuration,
    long reservedSpace,
    long maxUsedSpace,
    long minFreeSpace) {

  boolean hasLimit() {
    return reservedSpace != 0 || maxUsedSpace != 0 || minFreeSpace != 0;
  }

  /** Bytes to keep of {@code total}; zero or less means that there is no cap. */
  long keep(long total, long free) {
    if (!hasLimit()) {
      return 0;
    }
    long keep = maxUsedSpace;
    long excess = minFreeSpace == 0 ? 0 : minFreeSpace - free;
    if (excess > 0) {
      keep = keep == 0 ? total - excess : Math.min(keep, total - excess);
    } else if (minFreeSpace != 0 && keep == 0) {
      keep = total;
    }
    return Math.max(keep, reservedSpace);
  }
}
