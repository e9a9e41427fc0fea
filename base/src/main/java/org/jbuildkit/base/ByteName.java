package org.jbuildkit.base;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A file name or slash-separated path as the kernel has it: bytes, in no particular encoding.
 * Ordered by unsigned bytes.
 *
 * <p>The text form is lossless: bytes that are not UTF-8 become lone surrogates {@code U+DC80} to
 * {@code U+DCFF}, and {@link #ofText} turns them back.
 */
public final class ByteName implements Comparable<ByteName> {
  /** The empty name; as a path it stands for the root it is relative to. */
  public static final ByteName EMPTY = new ByteName(new byte[0]);

  private final byte[] bytes;

  private ByteName(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies the bytes. */
  public static ByteName of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteName(bytes.clone());
  }

  /** The name whose text form this is. */
  public static ByteName ofText(String text) {
    if (text.isEmpty()) {
      return EMPTY;
    }
    return new ByteName(hasEscapes(text) ? unescape(text) : text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isEscape(char c) {
    return c >= 0xDC80 && c <= 0xDCFF;
  }

  private static boolean hasEscapes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isLoneEscape(text, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLoneEscape(String text, int i) {
    return isEscape(text.charAt(i)) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private static byte[] unescape(String text) {
    var out = new byte[text.length() * 3];
    int size = 0;
    for (int i = 0; i < text.length(); ) {
      if (isLoneEscape(text, i)) {
        out[size++] = (byte) (text.charAt(i) & 0xFF);
        i++;
      } else {
        int point = text.codePointAt(i);
        for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
          out[size++] = b;
        }
        i += Character.charCount(point);
      }
    }
    return Arrays.copyOf(out, size);
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public int length() {
    return bytes.length;
  }

  /** The byte at {@code index}, 0 to 255. */
  public int byteAt(int index) {
    return bytes[index] & 0xFF;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** This path, a slash, and {@code child}; either alone where the other is empty. */
  public ByteName resolve(ByteName child) {
    if (isEmpty()) {
      return child;
    }
    if (child.isEmpty()) {
      return this;
    }
    var joined = Arrays.copyOf(bytes, bytes.length + 1 + child.bytes.length);
    joined[bytes.length] = '/';
    System.arraycopy(child.bytes, 0, joined, bytes.length + 1, child.bytes.length);
    return new ByteName(joined);
  }

  /** All before the last slash; empty if there is none. */
  public Optional<ByteName> parent() {
    int slash = lastSlash();
    return slash < 0 ? Optional.empty() : Optional.of(slice(0, slash));
  }

  /** All after the last slash. */
  public ByteName last() {
    return slice(lastSlash() + 1, bytes.length);
  }

  private int lastSlash() {
    int i = bytes.length - 1;
    while (i >= 0 && bytes[i] != '/') {
      i--;
    }
    return i;
  }

  /** The bytes from {@code from} up to but not including {@code to}. */
  public ByteName slice(int from, int to) {
    return from == to ? EMPTY : new ByteName(Arrays.copyOfRange(bytes, from, to));
  }

  /** What stands between slashes; empty components are left out. */
  public List<ByteName> components() {
    var parts = new ArrayList<ByteName>();
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '/') {
        if (i > start) {
          parts.add(slice(start, i));
        }
        start = i + 1;
      }
    }
    return parts;
  }

  public boolean startsWith(ByteName prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  @Override
  public int compareTo(ByteName other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteName name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The lossless text form. */
  @Override
  public String toString() {
    for (byte b : bytes) {
      if (b < 0) {
        return Utf8Escapes.decode(bytes);
      }
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
