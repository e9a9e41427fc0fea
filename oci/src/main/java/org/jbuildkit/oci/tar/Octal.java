package org.jbuildkit.oci.tar;

import java.io.IOException;

/** Numbers in header fields. */
final class Octal {
  private Octal() {}

  /** Whether the number fits {@code width - 1} octal digits. */
  static boolean fits(long value, int width) {
    return value >= 0 && (width >= 22 || value < 1L << (3 * (width - 1)));
  }

  /** Zero-padded digits and a NUL. */
  static void write(byte[] block, int offset, int width, long value) {
    long rest = fits(value, width) ? value : 0;
    for (int i = width - 2; i >= 0; i--) {
      block[offset + i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
    block[offset + width - 1] = 0;
  }

  /** Octal digits between spaces and NULs, or GNU's binary form. */
  static long read(byte[] block, int offset, int width) throws IOException {
    if ((block[offset] & 0x80) != 0) {
      return readBinary(block, offset, width);
    }
    int from = offset;
    int to = offset + width;
    while (from < to && isPadding(block[from])) {
      from++;
    }
    while (to > from && isPadding(block[to - 1])) {
      to--;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (block[i] == 0) {
        break;
      }
      int digit = block[i] - '0';
      if (digit < 0 || digit > 7 || value >= 1L << 60) {
        throw TarReader.invalid();
      }
      value = value << 3 | digit;
    }
    return value;
  }

  private static boolean isPadding(byte b) {
    return b == ' ' || b == 0;
  }

  private static long readBinary(byte[] block, int offset, int width) throws IOException {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = 0;
    for (int i = 0; i < width; i++) {
      int b = block[offset + i] & 0xFF;
      if (negative) {
        b ^= 0xFF;
      }
      if (i == 0) {
        b &= 0x7F;
      }
      if (value >>> 55 != 0) {
        throw TarReader.invalid();
      }
      value = value << 8 | b;
    }
    return negative ? ~value : value;
  }
}
