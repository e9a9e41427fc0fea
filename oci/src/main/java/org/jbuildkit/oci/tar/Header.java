package org.jbuildkit.oci.tar;

import java.util.Arrays;
import org.jbuildkit.base.ByteName;

/** Writes one 512-byte header block. */
final class Header {
  static final int BLOCK = 512;
  static final int NAME = 100;
  static final int PREFIX = 155;
  static final int ID_WIDTH = 8;
  static final int SIZE_WIDTH = 12;

  private final byte[] block = new byte[BLOCK];

  Header name(byte[] name) {
    text(0, NAME, name);
    return this;
  }

  Header prefix(byte[] prefix) {
    text(345, PREFIX, prefix);
    return this;
  }

  Header link(byte[] target) {
    text(157, NAME, target);
    return this;
  }

  Header owner(long uid, long gid) {
    Octal.write(block, 108, ID_WIDTH, uid);
    Octal.write(block, 116, ID_WIDTH, gid);
    return this;
  }

  Header ownerNames(byte[] user, byte[] group) {
    text(265, 32, user);
    text(297, 32, group);
    return this;
  }

  Header content(long size, long seconds) {
    Octal.write(block, 124, SIZE_WIDTH, size);
    Octal.write(block, 136, SIZE_WIDTH, seconds);
    return this;
  }

  Header kind(char flag, int mode) {
    Octal.write(block, 100, ID_WIDTH, mode);
    block[156] = (byte) flag;
    return this;
  }

  Header device(int major, int minor) {
    Octal.write(block, 329, ID_WIDTH, Integer.toUnsignedLong(major));
    Octal.write(block, 337, ID_WIDTH, Integer.toUnsignedLong(minor));
    return this;
  }

  private void text(int offset, int width, byte[] text) {
    System.arraycopy(text, 0, block, offset, Math.min(width, text.length));
  }

  /** The block with magic and checksum. */
  byte[] seal() {
    text(257, 8, new byte[] {'u', 's', 't', 'a', 'r', 0, '0', '0'});
    Arrays.fill(block, 148, 156, (byte) ' ');
    Octal.write(block, 148, 7, checksum(block, false));
    block[155] = ' ';
    return block;
  }

  /** The sum over all bytes with the checksum field as spaces. */
  static long checksum(byte[] block, boolean signed) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      int b = i >= 148 && i < 156 ? ' ' : block[i];
      sum += signed ? b : b & 0xFF;
    }
    return sum;
  }

  /** The bytes that are ASCII, at most {@code width} of them. */
  static byte[] ascii(ByteName name, int width) {
    var kept = new byte[Math.min(width, name.length())];
    int size = 0;
    for (int i = 0; i < name.length() && size < width; i++) {
      if (name.byteAt(i) < 0x80) {
        kept[size++] = (byte) name.byteAt(i);
      }
    }
    return Arrays.copyOf(kept, size);
  }

  static boolean isAscii(ByteName name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.byteAt(i) >= 0x80 || name.byteAt(i) == 0) {
        return false;
      }
    }
    return true;
  }
}
