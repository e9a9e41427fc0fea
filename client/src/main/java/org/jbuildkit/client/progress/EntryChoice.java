package org.jbuildkit.client.progress;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of several running entries is printed, so that a busy one does not hide the others
 * and output does not flicker between them.
 */
final class EntryChoice {
  private static final double MAX_WAIT_SECONDS = 10;
  private static final double MIN_STAY_SECONDS = 5;

  private final Entry best;
  private final boolean switching;

  /**
   * @param entries not empty; contains {@code current}
   */
  EntryChoice(Collection<Entry> entries, @Nullable Entry current) {
    long now = System.nanoTime();
    double sum = 0;
    double bestSpeed = -1;
    boolean overLimit = false;
    Entry chosen = entries.iterator().next();
    for (var entry : entries) {
      double age = age(entry, now);
      double speed = speed(entry, age);
      boolean waited = age > MAX_WAIT_SECONDS && !entry.equals(current);
      sum += speed;
      if ((waited && !overLimit) || (speed > bestSpeed && !overLimit)) {
        chosen = entry;
        bestSpeed = speed;
      }
      overLimit |= waited;
    }
    this.best = chosen;
    this.switching = overLimit || (current != null && hasStayed(current, sum, now));
  }

  private static boolean hasStayed(Entry current, double sum, long now) {
    double age = age(current, now);
    double share = sum > 0 ? speed(current, age) / sum : 1;
    return share < 1 && MIN_STAY_SECONDS / (1 - share) < age;
  }

  private static double age(Entry entry, long now) {
    return entry.changes == 0 ? 0 : (now - entry.firstChangeNanos) / 1e9;
  }

  private static double speed(Entry entry, double age) {
    return entry.changes / Math.max(age, 1e-9);
  }

  Entry best() {
    return best;
  }

  /** Whether the current entry has had its time. */
  boolean shouldSwitch() {
    return switching;
  }
}
