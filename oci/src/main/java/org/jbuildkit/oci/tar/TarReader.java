package org.jbuildkit.oci.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive from outside, entry by entry: USTAR, PAX, and GNU's long names. Extension
 * records are limited to 1 MiB each. Does not close the stream below.
 */
public final class TarReader {
  private static final int MAX_EXTENSION = 1 << 20;
  private static final Set<String> FIELDS =
      Set.of("path", "linkpath", "uid", "gid", "size", "mtime", "atime", "ctime", "uname", "gname");

  private final InputStream in;
  private final byte[] block = new byte[Header.BLOCK];
  private Content content = new Content(0);

  public TarReader(InputStream in) {
    this.in = in;
  }

  static IOException invalid() {
    return new IOException("archive/tar: invalid tar header");
  }

  /**
   * Goes on to the next entry; what is left of the last one's content is skipped.
   *
   * @return empty at the end of the archive
   */
  public Optional<TarEntry> next() throws IOException {
    var records = new LinkedHashMap<String, byte[]>();
    byte[] longName = null;
    byte[] longLink = null;
    while (true) {
      content.skipAll();
      if (!readBlock()) {
        return Optional.empty();
      }
      switch (block[156]) {
        case 'x' -> records.putAll(readRecords());
        case 'g' -> readRecords(); // Go doesn't apply them either
        case 'L' -> longName = readText();
        case 'K' -> longLink = readText();
        default -> {
          return Optional.of(entry(records, longName, longLink));
        }
      }
    }
  }

  /** The content of the entry that {@link #next} gave last; it ends with it. */
  public InputStream content() {
    return content;
  }

  private boolean readBlock() throws IOException {
    if (!fill()) {
      return false;
    }
    if (isZero()) {
      return false;
    }
    long stated = Octal.read(block, 148, 8);
    if (stated != Header.checksum(block, false) && stated != Header.checksum(block, true)) {
      throw invalid();
    }
    return true;
  }

  private boolean fill() throws IOException {
    int n = in.readNBytes(block, 0, Header.BLOCK);
    if (n > 0 && n < Header.BLOCK) {
      throw new EOFException("unexpected EOF");
    }
    return n > 0;
  }

  private boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private byte[] readExtension() throws IOException {
    long size = Octal.read(block, 124, 12);
    if (size < 0 || size > MAX_EXTENSION) {
      throw new IOException("archive/tar: header field too long");
    }
    var bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new EOFException("unexpected EOF");
    }
    content = new Content(0, padding(size));
    return bytes;
  }

  private byte[] readText() throws IOException {
    var bytes = readExtension();
    return Arrays.copyOf(bytes, endOfText(bytes, 0, bytes.length));
  }

  private Map<String, byte[]> readRecords() throws IOException {
    var records = new LinkedHashMap<String, byte[]>();
    var bytes = readExtension();
    int at = 0;
    while (at < bytes.length) {
      int space = indexOf(bytes, ' ', at, Math.min(bytes.length, at + 9));
      int end = space < 0 ? -1 : at + recordLength(bytes, at, space);
      if (end <= space + 1 || end > bytes.length || bytes[end - 1] != '\n') {
        throw invalid();
      }
      int equals = indexOf(bytes, '=', space + 1, end - 1);
      if (equals < 0) {
        throw invalid();
      }
      var key = ByteName.of(Arrays.copyOfRange(bytes, space + 1, equals)).toString();
      records.put(key, Arrays.copyOfRange(bytes, equals + 1, end - 1));
      at = end;
    }
    return records;
  }

  private static int recordLength(byte[] bytes, int from, int to) throws IOException {
    int length = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        throw invalid();
      }
      length = length * 10 + bytes[i] - '0';
    }
    return length;
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private TarEntry entry(
      Map<String, byte[]> records, byte @Nullable [] longName, byte @Nullable [] longLink)
      throws IOException {
    var name = ByteName.of(records.getOrDefault("path", longName == null ? name() : longName));
    var type = type(block[156], name);
    long size = number(records, "size", 124, 12);
    boolean hasContent = type == TarEntry.Type.REGULAR;
    if (size < 0) {
      throw invalid();
    }
    content = hasContent ? new Content(size, padding(size)) : new Content(0);
    boolean isDevice = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
    try {
      return new TarEntry(
          name,
          type,
          ByteName.of(
              records.getOrDefault("linkpath", longLink == null ? field(157, 100) : longLink)),
          (int) Octal.read(block, 100, 8),
          number(records, "uid", 108, 8),
          number(records, "gid", 116, 8),
          text(records, "uname", 265),
          text(records, "gname", 297),
          hasContent ? size : 0,
          modified(records),
          time(records, "atime"),
          time(records, "ctime"),
          isDevice ? (int) Octal.read(block, 329, 8) : 0,
          isDevice ? (int) Octal.read(block, 337, 8) : 0,
          extensions(records));
    } catch (IllegalArgumentException e) {
      throw new IOException("archive/tar: invalid tar header", e);
    }
  }

  private static TarEntry.Type type(byte flag, ByteName name) throws IOException {
    return switch (flag) {
      case 0, '0', '7' ->
          !name.isEmpty() && name.byteAt(name.length() - 1) == '/'
              ? TarEntry.Type.DIRECTORY
              : TarEntry.Type.REGULAR;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default -> throw new IOException("unhandled tar header type " + (flag & 0xFF));
    };
  }

  private byte[] name() {
    var name = ByteName.of(field(0, Header.NAME));
    boolean isUstar = block[257] == 'u' && block[262] == 0;
    var prefix = isUstar ? ByteName.of(field(345, Header.PREFIX)) : ByteName.EMPTY;
    return prefix.resolve(name).bytes();
  }

  private byte[] field(int offset, int width) {
    return Arrays.copyOfRange(block, offset, endOfText(block, offset, offset + width));
  }

  private static int endOfText(byte[] bytes, int from, int to) {
    int zero = indexOf(bytes, '\0', from, to);
    return zero < 0 ? to : zero;
  }

  private String text(Map<String, byte[]> records, String key, int offset) {
    return ByteName.of(records.getOrDefault(key, field(offset, 32))).toString();
  }

  private long number(Map<String, byte[]> records, String key, int offset, int width)
      throws IOException {
    var record = records.get(key);
    if (record == null || record.length == 0) {
      return Octal.read(block, offset, width);
    }
    try {
      return Long.parseLong(new String(record, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new IOException("archive/tar: invalid tar header", e);
    }
  }

  private Timestamp modified(Map<String, byte[]> records) throws IOException {
    var time = time(records, "mtime");
    return time.isPresent() ? time.get() : Timestamp.ofSeconds(Octal.read(block, 136, 12));
  }

  private static Optional<Timestamp> time(Map<String, byte[]> records, String key)
      throws IOException {
    var record = records.get(key);
    if (record == null || record.length == 0) {
      return Optional.empty();
    }
    var text = new String(record, StandardCharsets.US_ASCII);
    if (!text.matches("-?[0-9]{1,18}(\\.[0-9]*)?")) {
      throw invalid();
    }
    int dot = text.indexOf('.');
    long seconds = Long.parseLong(dot < 0 ? text : text.substring(0, dot));
    var fraction = dot < 0 ? "" : text.substring(dot + 1);
    int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
    if (text.startsWith("-") && nanos > 0) {
      return Optional.of(new Timestamp(seconds - 1, 1_000_000_000 - nanos));
    }
    return Optional.of(new Timestamp(seconds, nanos));
  }

  private static SortedMap<String, byte[]> extensions(Map<String, byte[]> records) {
    var extensions = new TreeMap<>(records);
    extensions.keySet().removeAll(FIELDS);
    return extensions;
  }

  private static int padding(long size) {
    return (int) (-size & (Header.BLOCK - 1));
  }

  /** A slice of the archive. */
  private final class Content extends InputStream {
    private long left;
    private int padding;

    Content(long size, int padding) {
      this.left = size;
      this.padding = padding;
    }

    Content(long size) {
      this(size, 0);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("unexpected EOF");
      }
      left -= n;
      return n;
    }

    void skipAll() throws IOException {
      try {
        in.skipNBytes(left + padding);
      } catch (EOFException e) {
        throw new EOFException("unexpected EOF");
      }
      left = 0;
      padding = 0;
    }
  }
}
