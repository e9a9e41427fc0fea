package org.jbuildkit.oci.layer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jbuildkit.base.ByteName;

/**
 * Reads archives member by member: USTAR, PAX and the GNU forms for long names and large numbers.
 * Archives come from outside: extended headers are bounded, and nothing is trusted but the bytes
 * that were read.
 */
public final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_EXTENDED = 1 << 20;

  /** Without exponents: a few bytes must not stand for a number of a billion digits. */
  private static final Pattern TIME = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{0,100})?");

  private static final String XATTR = "SCHILY.xattr.";

  private final InputStream in;
  private long remaining;
  private long padding;

  /** The stream is not closed. */
  public TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next member, or empty at the end. What was not read of the one before is skipped.
   *
   * @throws IOException {@code archive/tar: invalid tar header} or {@code unexpected EOF}
   */
  public Optional<TarEntry> next() throws IOException {
    Map<String, byte[]> extended = new LinkedHashMap<>();
    Map<String, byte[]> longNames = new LinkedHashMap<>();
    while (true) {
      skipRest();
      var header = new byte[BLOCK];
      int n = in.readNBytes(header, 0, BLOCK);
      if (n == 0) {
        return Optional.empty();
      }
      if (n < BLOCK) {
        throw new EOFException("unexpected EOF");
      }
      if (isEmpty(header)) {
        return Optional.empty();
      }
      checkSum(header);
      remaining = number(header, 124, 12);
      padding = (BLOCK - remaining % BLOCK) % BLOCK;
      switch (header[156]) {
        case 'x' -> {
          extended.clear(); // as Go, and so that headers never pile up
          records(extendedBody(), extended);
        }
        case 'g' -> records(extendedBody(), new LinkedHashMap<>()); // as Go: checked, not applied
        case 'L' -> longNames.put("path", withoutNul(extendedBody()));
        case 'K' -> longNames.put("linkpath", withoutNul(extendedBody()));
        default -> {
          extended.putAll(longNames);
          return Optional.of(entry(header, extended));
        }
      }
    }
  }

  private static boolean isEmpty(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static void checkSum(byte[] header) throws IOException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xFF;
    }
    if (number(header, 148, 8) != sum) {
      throw new IOException("archive/tar: invalid tar header");
    }
  }

  private static long number(byte[] header, int offset, int width) throws IOException {
    if ((header[offset] & 0x80) != 0) {
      long value = header[offset] & 0x7F;
      for (int i = 1; i < width; i++) {
        if (value >> 55 != 0) {
          throw new IOException("archive/tar: invalid tar header");
        }
        value = value << 8 | (header[offset + i] & 0xFF);
      }
      return value;
    }
    var text = new String(text(header, offset, width), StandardCharsets.US_ASCII).trim();
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text, 8);
    } catch (NumberFormatException e) {
      throw new IOException("archive/tar: invalid tar header", e);
    }
  }

  private static byte[] text(byte[] header, int offset, int width) {
    int end = offset;
    while (end < offset + width && header[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(header, offset, end);
  }

  private byte[] extendedBody() throws IOException {
    if (remaining > MAX_EXTENDED) {
      throw new IOException("archive/tar: header field too long");
    }
    var body = in.readNBytes((int) remaining);
    if (body.length < remaining) {
      throw new EOFException("unexpected EOF");
    }
    remaining = 0;
    return body;
  }

  private static byte[] withoutNul(byte[] body) {
    return text(body, 0, body.length);
  }

  private static void records(byte[] body, Map<String, byte[]> into) throws IOException {
    for (int at = 0; at < body.length; ) {
      int space = indexOf(body, (byte) ' ', at);
      int length;
      try {
        length = Integer.parseInt(new String(body, at, space - at, StandardCharsets.US_ASCII));
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new IOException("archive/tar: invalid tar header", e);
      }
      int equals = space < 0 ? -1 : indexOf(body, (byte) '=', space);
      if (length < 5 || at + length > body.length || equals < 0 || equals >= at + length) {
        throw new IOException("archive/tar: invalid tar header");
      }
      var key = new String(body, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      into.put(key, Arrays.copyOfRange(body, equals + 1, at + length - 1));
      at += length;
    }
  }

  private static int indexOf(byte[] bytes, byte wanted, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private TarEntry entry(byte[] header, Map<String, byte[]> extended) throws IOException {
    var name = extended.getOrDefault("path", name(header));
    var kind = kind(header[156], name);
    if (extended.containsKey("size")) {
      remaining = whole(extended, "size", 0);
      padding = (BLOCK - remaining % BLOCK) % BLOCK;
    }
    if (remaining < 0) {
      throw new IOException("archive/tar: invalid tar header");
    }
    var link = extended.getOrDefault("linkpath", text(header, 157, 100));
    if (kind != TarEntry.Kind.REGULAR) {
      remaining = 0;
      padding = 0;
    }
    var time = time(extended, number(header, 136, 12));
    var xattrs = new TreeMap<String, byte[]>();
    extended.forEach((key, value) -> {
      if (key.startsWith(XATTR)) {
        xattrs.put(key.substring(XATTR.length()), value);
      }
    });
    return new TarEntry(
        kind,
        ByteName.of(name),
        ByteName.of(link),
        (int) number(header, 100, 8) & 0xFFF,
        whole(extended, "uid", number(header, 108, 8)),
        whole(extended, "gid", number(header, 116, 8)),
        remaining,
        time.seconds(),
        time.nanos(),
        (int) number(header, 329, 8),
        (int) number(header, 337, 8),
        xattrs);
  }

  private static byte[] name(byte[] header) {
    var name = text(header, 0, 100);
    boolean isUstar = new String(header, 257, 6, StandardCharsets.US_ASCII).equals("ustar\0");
    var prefix = isUstar ? text(header, 345, 155) : new byte[0];
    return ByteName.of(prefix).resolve(ByteName.of(name)).bytes();
  }

  private static TarEntry.Kind kind(byte flag, byte[] name) throws IOException {
    return switch (flag) {
      case '0', 0, '7' ->
          name.length > 0 && name[name.length - 1] == '/'
              ? TarEntry.Kind.DIRECTORY
              : TarEntry.Kind.REGULAR;
      case '1' -> TarEntry.Kind.HARD_LINK;
      case '2' -> TarEntry.Kind.SYMLINK;
      case '3' -> TarEntry.Kind.CHARACTER_DEVICE;
      case '4' -> TarEntry.Kind.BLOCK_DEVICE;
      case '5' -> TarEntry.Kind.DIRECTORY;
      case '6' -> TarEntry.Kind.FIFO;
      default -> throw new IOException("unhandled tar header type " + flag);
    };
  }

  private static long whole(Map<String, byte[]> extended, String key, long otherwise)
      throws IOException {
    var value = extended.get(key);
    try {
      return value == null
          ? otherwise
          : Long.parseLong(new String(value, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new IOException("archive/tar: invalid tar header", e);
    }
  }

  private record Time(long seconds, int nanos) {}

  private static Time time(Map<String, byte[]> extended, long otherwise) throws IOException {
    var value = extended.get("mtime");
    if (value == null) {
      return new Time(otherwise, 0);
    }
    var text = new String(value, StandardCharsets.US_ASCII);
    if (!TIME.matcher(text).matches()) {
      throw new IOException("archive/tar: invalid tar header");
    }
    try {
      var exact = new java.math.BigDecimal(text);
      long seconds = exact.setScale(0, java.math.RoundingMode.FLOOR).longValueExact();
      int nanos =
          exact.subtract(java.math.BigDecimal.valueOf(seconds)).movePointRight(9).intValue();
      return new Time(seconds, nanos);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IOException("archive/tar: invalid tar header", e);
    }
  }

  /** Bytes of the member read last; -1 at its end. */
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (remaining == 0) {
      return -1;
    }
    int n = in.read(buffer, offset, (int) Math.min(length, remaining));
    if (n < 0) {
      throw new EOFException("unexpected EOF");
    }
    remaining -= n;
    return n;
  }

  private void skipRest() throws IOException {
    try {
      in.skipNBytes(remaining + padding);
    } catch (EOFException e) {
      throw (EOFException) new EOFException("unexpected EOF").initCause(e);
    }
    remaining = 0;
    padding = 0;
  }
}
