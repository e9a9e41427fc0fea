package org.jbuildkit.base;

import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Durations as Go's standard library writes and reads them: {@code 1h30m}, {@code 1.5s}. */
public final class GoDuration {
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)([a-zµμ]+)");

  private GoDuration() {}

  /** Nanoseconds; empty if it is no duration. */
  public static OptionalLong parse(String text) {
    boolean negative = text.startsWith("-");
    var rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return OptionalLong.of(0);
    }
    var matcher = PART.matcher(rest);
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
}
