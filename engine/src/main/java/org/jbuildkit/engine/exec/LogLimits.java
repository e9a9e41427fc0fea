package org.jbuildkit.engine.exec;

import java.time.Duration;
import java.util.Map;

/**
 * How much of a step's output is passed on, for each of its streams.
 *
 * @param total bytes; -1 for no limit at all
 * @param perSecond bytes for each second begun; -1 where only the total counts
 */
public record LogLimits(long total, long perSecond) {
  public static final LogLimits DEFAULT = new LogLimits(2 << 20, 200 << 10);

  /** From {@code BUILDKIT_STEP_LOG_MAX_SIZE} and {@code BUILDKIT_STEP_LOG_MAX_SPEED}. */
  public static LogLimits of(Map<String, String> environment) {
    return new LogLimits(
        number(environment.get("BUILDKIT_STEP_LOG_MAX_SIZE"), DEFAULT.total),
        number(environment.get("BUILDKIT_STEP_LOG_MAX_SPEED"), DEFAULT.perSecond));
  }

  private static long number(@org.jspecify.annotations.Nullable String text, long otherwise) {
    return text != null && text.matches("-1|[0-9]{1,15}") ? Long.parseLong(text) : otherwise;
  }

  /** How many bytes may have been passed on after this time. */
  long budget(Duration since) {
    if (total == -1) {
      return Long.MAX_VALUE;
    }
    return perSecond == -1 ? total : Math.min(total, bySpeed(since));
  }

  private long bySpeed(Duration since) {
    long seconds = since.toSeconds() + (since.toNanosPart() > 0 ? 1 : 0);
    return seconds * perSecond;
  }

  /** What the log says where output begins to be left out. */
  String notice(long budget) {
    var limit = budget < total ? bytes(perSecond) + "/s" : bytes(total);
    return "\n[output clipped, log limit " + limit + " reached]\n";
  }

  private static String bytes(long count) {
    if (count >= 1 << 20) {
      return trimmed(count / (double) (1 << 20)) + "MiB";
    }
    return count >= 1 << 10 ? trimmed(count / (double) (1 << 10)) + "KiB" : count + "B";
  }

  private static String trimmed(double value) {
    var text = "%.4g".formatted(value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
