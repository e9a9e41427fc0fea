package org.jbuildkit.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Amounts of bytes as people write them: a number and an optional unit, powers of 1024. */
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,18}(?:\\.[0-9]{1,18})?) ?([bkmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "bkmgtp";

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
}
