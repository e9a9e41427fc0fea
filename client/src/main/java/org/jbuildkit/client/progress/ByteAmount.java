package org.jbuildkit.client.progress;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Sizes and seconds as the original clients print them. */
public final class ByteAmount {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private ByteAmount() {}

  /** Two decimals and a decimal unit; below 1000 the plain number: {@code 4.10MB}, {@code 999B}. */
  public static String of(long bytes) {
    if (bytes < 1000) {
      return bytes + "B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return decimals(value, 2) + UNITS[unit];
  }

  /** The number with exactly {@code places} decimals, halves to even. */
  public static String decimals(double value, int places) {
    return new BigDecimal(value).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
  }
}
