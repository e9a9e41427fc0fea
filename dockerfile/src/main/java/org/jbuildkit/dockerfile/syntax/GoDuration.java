package org.jbuildkit.dockerfile.syntax;

import java.math.BigDecimal;
import org.jbuildkit.base.GoQuote;

/** Durations as Go writes and reads them. */
final class GoDuration {
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /**
   * Nanoseconds of a text such as {@code 1m30s}.
   *
   * @throws IllegalArgumentException {@code time: …}
   */
  static long parse(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    boolean negative = text.startsWith("-");
    int at = negative || text.startsWith("+") ? 1 : 0;
    if (text.substring(at).equals("0")) {
      return 0;
    }
    if (at == text.length()) {
      throw invalid(text);
    }
    long total = 0;
    while (at < text.length()) {
      int unit = end(text, at, true);
      var number = text.substring(at, unit);
      at = end(text, unit, false);
      total += nanos(text, number, text.substring(unit, at));
      if (total < 0) {
        throw invalid(text);
      }
    }
    return negative ? -total : total;
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("time: invalid duration " + GoQuote.quote(text));
  }

  /** The end of a number, at most one point in it, or else of a unit. */
  private static int end(String text, int start, boolean isNumber) {
    int end = start;
    boolean hasPoint = false;
    while (end < text.length()) {
      char c = text.charAt(end);
      boolean isPart = (c >= '0' && c <= '9') || c == '.';
      if (isPart != isNumber || (isNumber && c == '.' && hasPoint)) {
        break;
      }
      hasPoint |= c == '.';
      end++;
    }
    return end;
  }

  private static long nanos(String text, String number, String unit) {
    if (number.isEmpty() || number.equals(".")) {
      throw invalid(text);
    }
    if (unit.isEmpty()) {
      throw new IllegalArgumentException("time: missing unit in duration " + GoQuote.quote(text));
    }
    var value = new BigDecimal(number).multiply(BigDecimal.valueOf(unit(unit, text)));
    if (value.compareTo(LONGEST) > 0) {
      throw invalid(text);
    }
    return value.longValue();
  }

  private static long unit(String unit, String text) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "µs", "μs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default ->
          throw new IllegalArgumentException(
              "time: unknown unit %s in duration %s"
                  .formatted(GoQuote.quote(unit), GoQuote.quote(text)));
    };
  }

  /** {@code 1m30s}, {@code 0s}, {@code 1.5ms}. */
  static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 0) {
      return "-" + format(-nanos);
    }
    if (nanos < 1_000L) {
      return nanos + "ns";
    }
    if (nanos < 1_000_000L) {
      return decimal(nanos, 1_000L) + "µs";
    }
    if (nanos < 1_000_000_000L) {
      return decimal(nanos, 1_000_000L) + "ms";
    }
    long seconds = nanos / 1_000_000_000L;
    long minutes = seconds / 60;
    var text = new StringBuilder();
    if (minutes >= 60) {
      text.append(minutes / 60).append('h');
    }
    if (minutes > 0) {
      text.append(minutes % 60).append('m');
    }
    return text + decimal(nanos - minutes * 60_000_000_000L, 1_000_000_000L) + "s";
  }

  private static String decimal(long nanos, long unit) {
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }
}
