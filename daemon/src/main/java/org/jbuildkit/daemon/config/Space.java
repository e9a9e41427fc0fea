package org.jbuildkit.daemon.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;

/** An amount of disk space: bytes, or a part of the disk. */
public sealed interface Space {
  Pattern AMOUNT =
      Pattern.compile(
          "((?:[0-9](?:_?[0-9])*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?) ?([bkmgtp]?)(i?)(b?)",
          Pattern.CASE_INSENSITIVE);
  String UNITS = "bkmgtp";
  long UNKNOWN_DISK = 2_000_000_000;
  long GIB = 1L << 30;
  long GB = 1_000_000_000;

  record Bytes(long count) implements Space {}

  record Percent(long number) implements Space {}

  /**
   * Reads {@code 512MB}, where units are powers of 1024, or {@code 20%}.
   *
   * @return empty for empty text
   * @throws BuildException for anything else
   */
  static Optional<Space> parse(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.endsWith("%")) {
      var number = text.substring(0, text.length() - 1);
      if (!number.matches("[0-9]{1,9}")) {
        throw TomlSection.invalid("strconv.ParseInt: parsing \"" + number + "\": invalid syntax");
      }
      return Optional.of(new Percent(Long.parseLong(number)));
    }
    var match = AMOUNT.matcher(text);
    boolean loneI = match.matches() && !match.group(3).isEmpty() && match.group(4).isEmpty();
    if (!match.matches() || loneI) {
      throw TomlSection.invalid("invalid disk space " + text);
    }
    var unit = match.group(2).toLowerCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit);
    var bytes =
        new BigDecimal(match.group(1).replace("_", ""))
            .multiply(BigDecimal.valueOf(1L << (10 * power)));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw TomlSection.invalid("invalid disk space " + text);
    }
    return Optional.of(new Bytes(bytes.longValue()));
  }

  /** The bytes that it stands for on a disk; parts are rounded to whole gigabytes. */
  default long on(OptionalLong diskSize) {
    return switch (this) {
      case Bytes(long count) -> count;
      case Percent(long _) when diskSize.isEmpty() -> UNKNOWN_DISK;
      case Percent(long number) -> {
        var part =
            BigDecimal.valueOf(diskSize.getAsLong())
                .multiply(BigDecimal.valueOf(number))
                .divideToIntegralValue(BigDecimal.valueOf(100));
        yield (part.longValue() / GIB + 1) * GB;
      }
    };
  }
}
