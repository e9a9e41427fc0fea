package org.jbuildkit.cli;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Values in the spellings that Go's standard library accepts and prints. */
public final class GoValues {
  private static final Pattern DURATION_PART = Pattern.compile("([0-9]*\\.?[0-9]*)([a-zµμ]+)");

  private GoValues() {}

  public static Optional<Boolean> parseBool(String text) {
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> Optional.of(true);
      case "0", "f", "F", "FALSE", "false", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** Nanoseconds; empty if it is no duration. */
  public static OptionalLong parseDuration(String text) {
    boolean negative = text.startsWith("-");
    var rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return OptionalLong.of(0);
    }
    var matcher = DURATION_PART.matcher(rest);
    var sum = BigDecimal.ZERO;
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      var number = matcher.group(1);
      long unit = unit(matcher.group(2));
      if (number.isEmpty() || number.equals(".") || unit == 0) {
        return OptionalLong.empty();
      }
      sum =
          sum.add(
              new BigDecimal("0" + number + (number.endsWith(".") ? "0" : ""))
                  .multiply(BigDecimal.valueOf(unit)));
      end = matcher.end();
    }
    boolean valid = end > 0 && end == rest.length();
    boolean fits = sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
    return valid && fits
        ? OptionalLong.of(negative ? -sum.longValue() : sum.longValue())
        : OptionalLong.empty();
  }

  private static long unit(String name) {
    return switch (name) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 0;
    };
  }

  /** As Go prints durations of a second and more: {@code 48h0m0s}, {@code 1.5s}. */
  public static String duration(long nanos) {
    if (nanos < 0) {
      return "-" + duration(-nanos);
    }
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    if (nanos < 1_000_000) {
      return decimal(nanos, 3) + "µs";
    }
    if (nanos < 1_000_000_000) {
      return decimal(nanos, 6) + "ms";
    }
    long minutes = nanos / 60_000_000_000L;
    var seconds = decimal(nanos % 60_000_000_000L, 9) + "s";
    if (minutes == 0) {
      return seconds;
    }
    return minutes < 60
        ? minutes + "m" + seconds
        : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
  }

  private static String decimal(long value, int scale) {
    var text = BigDecimal.valueOf(value, scale).stripTrailingZeros();
    return (text.scale() < 0 ? text.setScale(0) : text).toPlainString();
  }
}
