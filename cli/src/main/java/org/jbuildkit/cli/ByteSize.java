package org.jbuildkit.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Amounts of bytes as people write them: a number and an optional unit, powers of 1024. */
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,18}(?:\\.[0-9]{1,18})?) ?([bkmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "bkmgtp";
  private static final MathContext PRECISION = MathContext.DECIMAL64;
  private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

  private ByteSize() {}

  /** Whole bytes; empty if the text is no amount or too large. */
  public static OptionalLong parse(String text) {
    var match = FORM.matcher(text);
    if (!match.matches()) {
      return OptionalLong.empty();
    }
    var unit = match.group(2).toLowerCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit);
    var bytes = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(bytes.longValue());
  }

  /** Four digits of an amount in powers of 1024: {@code 1.5MiB}. */
  public static String binary(long bytes) {
    return scaled(bytes, 1024, List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"));
  }

  /** Four digits of an amount in powers of 1000: {@code 8.192kB}. */
  public static String decimal(long bytes) {
    return scaled(bytes, 1000, List.of("B", "kB", "MB", "GB", "TB", "PB", "EB"));
  }

  private static String scaled(long bytes, int base, List<String> units) {
    var amount = BigDecimal.valueOf(bytes);
    int unit = 0;
    while (amount.compareTo(BigDecimal.valueOf(base)) >= 0 && unit < units.size() - 1) {
      amount = amount.divide(BigDecimal.valueOf(base), PRECISION);
      unit++;
    }
    var rounded = amount.round(DIGITS).stripTrailingZeros();
    return rounded.toPlainString() + units.get(unit);
  }
}
