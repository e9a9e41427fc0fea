package org.jbuildkit.cli;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;
import org.jbuildkit.base.GoDuration;

/** Values in the spellings that Go's standard library accepts and prints. */
public final class GoValues {
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
    return GoDuration.parse(text);
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
