package org.jbuildkit.dockerfile.syntax;

import java.math.BigDecimal;

/** Durations as Go writes and reads them. */
final class GoDuration {
  private GoDuration() {}

  /** Nanoseconds of a text such as {@code 1m30s}. */
  static long parse(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    boolean negative = text.startsWith("-");
    var rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return 0;
    }
    var total = BigDecimal.ZERO;
    while (!rest.isEmpty()) {
      var number = rest.replaceFirst("[^0-9.].*$", "");
      if (number.isEmpty() || number.equals(".")) {
        throw new IllegalArgumentException("time: invalid duration \"%s\"".formatted(text));
      }
      rest = rest.substring(number.length());
      var unit = rest.replaceFirst("[0-9.].*$", "");
      if (unit.isEmpty()) {
        throw new IllegalArgumentException("time: missing unit in duration \"%s\"".formatted(text));
      }
      rest = rest.substring(unit.length());
      total = total.add(new BigDecimal(number).multiply(BigDecimal.valueOf(unit(unit, text))));
    }
    return negative ? -total.longValue() : total.longValue();
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
              "time: unknown unit \"%s\" in duration \"%s\"".formatted(unit, text));
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
