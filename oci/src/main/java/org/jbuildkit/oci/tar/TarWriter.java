package org.jbuildkit.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Timestamp;

/**
 * Writes an archive in the form of Go's {@code archive/tar}: USTAR where every field fits, PAX
 * records before the header where not.
 *
 * <p>{@link #close} ends the archive with two zero blocks; it does not close the stream below.
 */
public final class TarWriter implements AutoCloseable {
  private static final byte[] NONE = new byte[0];

  private final OutputStream out;
  private final byte[] buffer = new byte[64 * 1024];
  private boolean closed;

  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes an entry without content. */
  public void write(TarEntry entry) throws IOException {
    if (entry.size() != 0) {
      throw new IllegalArgumentException("content is missing for " + entry.name());
    }
    writeHeader(entry);
  }

  /**
   * Writes an entry and its content, which the caller closes.
   *
   * @throws IOException also if there is less content than the entry says; of more, only that much
   *     is taken
   */
  public void write(TarEntry entry, InputStream content) throws IOException {
    writeHeader(entry);
    long left = entry.size();
    while (left > 0) {
      int n = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("archive/tar: missed writing " + left + " bytes of " + entry.name());
      }
      out.write(buffer, 0, n);
      left -= n;
    }
    pad(entry.size());
  }

  private void pad(long size) throws IOException {
    int partial = (int) (size % Header.BLOCK);
    if (partial > 0) {
      out.write(new byte[Header.BLOCK - partial]);
    }
  }

  private void writeHeader(TarEntry entry) throws IOException {
    var records = new TreeMap<String, byte[]>();
    Optional<Integer> split = splitName(entry.name());
    if (split.isEmpty()) {
      records.put("path", entry.name().bytes());
    }
    if (entry.linkName().length() > Header.NAME || !Header.isAscii(entry.linkName())) {
      records.put("linkpath", entry.linkName().bytes());
    }
    addNumbers(entry, records);
    addTexts(entry, records);
    entry.extensions().forEach(records::putIfAbsent);
    if (!records.isEmpty()) {
      if (entry.name().length() > Header.NAME) {
        records.put("path", entry.name().bytes());
      }
      writeRecords(entry.name(), records);
    }
    out.write(header(entry, records.isEmpty() ? split : Optional.empty()));
  }

  private static byte[] header(TarEntry entry, Optional<Integer> split) {
    var header =
        new Header()
            .kind(entry.type().flag, entry.mode())
            .owner(entry.uid(), entry.gid())
            .ownerNames(ascii(entry.userName()), ascii(entry.groupName()))
            .content(entry.size(), entry.modified().seconds())
            .link(Header.ascii(entry.linkName(), Header.NAME))
            .device(entry.major(), entry.minor());
    int at = split.orElse(0);
    var name = entry.name();
    if (at > 0) {
      header.prefix(name.slice(0, at).bytes()).name(name.slice(at + 1, name.length()).bytes());
    } else {
      header.name(shortName(name));
    }
    return header.seal();
  }

  private static byte[] ascii(String text) {
    return Header.ascii(ByteName.ofText(text), 32);
  }

  /** A name cut at the field's end does not look like a directory. */
  private static byte[] shortName(ByteName name) {
    var cut = Header.ascii(name, Header.NAME);
    boolean isCut = Header.ascii(name, Integer.MAX_VALUE).length > Header.NAME;
    if (isCut && cut[Header.NAME - 1] == '/') {
      cut[Header.NAME - 1] = 0;
    }
    return cut;
  }

  private static void addNumbers(TarEntry entry, Map<String, byte[]> records) {
    number(records, "uid", entry.uid(), Header.ID_WIDTH);
    number(records, "gid", entry.gid(), Header.ID_WIDTH);
    number(records, "size", entry.size(), Header.SIZE_WIDTH);
    var modified = entry.modified();
    if (modified.nanos() != 0 || !Octal.fits(modified.seconds(), Header.SIZE_WIDTH)) {
      records.put("mtime", decimal(modified));
    }
    entry.accessed().ifPresent(time -> records.put("atime", decimal(time)));
    entry.changed().ifPresent(time -> records.put("ctime", decimal(time)));
  }

  private static void number(Map<String, byte[]> records, String key, long value, int width) {
    if (!Octal.fits(value, width)) {
      records.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void addTexts(TarEntry entry, Map<String, byte[]> records) {
    text(records, "uname", entry.userName());
    text(records, "gname", entry.groupName());
  }

  private static void text(Map<String, byte[]> records, String key, String value) {
    var name = ByteName.ofText(value);
    if (name.length() > 32 || !Header.isAscii(name)) {
      records.put(key, name.bytes());
    }
  }

  /** Seconds, with a fraction without trailing zeros where there is one. */
  static byte[] decimal(Timestamp time) {
    long seconds = time.seconds();
    int nanos = time.nanos();
    String sign = "";
    if (seconds < 0 && nanos > 0) {
      seconds = -(seconds + 1);
      nanos = 1_000_000_000 - nanos;
      sign = "-";
    }
    var text = sign + seconds;
    if (nanos > 0) {
      text += "." + "%09d".formatted(nanos).replaceAll("0+$", "");
    }
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Where to cut the name into prefix and rest: 0 for a name that needs no cut, empty where the
   * fields cannot hold it.
   */
  private static Optional<Integer> splitName(ByteName name) {
    if (!Header.isAscii(name)) {
      return Optional.empty();
    }
    if (name.length() <= Header.NAME) {
      return Optional.of(0);
    }
    int last = name.length();
    if (last > Header.PREFIX + 1) {
      last = Header.PREFIX + 1;
    } else if (name.byteAt(last - 1) == '/') {
      last--;
    }
    int slash = last - 1;
    while (slash >= 0 && name.byteAt(slash) != '/') {
      slash--;
    }
    int rest = name.length() - slash - 1;
    return slash <= 0 || rest > Header.NAME || rest == 0 ? Optional.empty() : Optional.of(slash);
  }

  private void writeRecords(ByteName name, Map<String, byte[]> records) throws IOException {
    var body = new ByteArrayOutputStream();
    for (var record : records.entrySet()) {
      writeRecord(body, record.getKey(), record.getValue());
    }
    out.write(
        new Header()
            .kind('x', 0)
            .owner(0, 0)
            .content(body.size(), 0)
            .name(recordsName(name))
            .link(NONE)
            .seal());
    out.write(body.toByteArray());
    pad(body.size());
  }

  /** The length at the start counts its own digits too. */
  private static void writeRecord(OutputStream body, String key, byte[] value) throws IOException {
    var keyBytes = ByteName.ofText(key).bytes();
    int rest = keyBytes.length + value.length + 3;
    int size = rest + Integer.toString(rest).length();
    if (Integer.toString(size).length() + rest != size) {
      size = rest + Integer.toString(size).length();
    }
    body.write((size + " ").getBytes(StandardCharsets.US_ASCII));
    body.write(keyBytes);
    body.write('=');
    body.write(value);
    body.write('\n');
  }

  /** {@code a/b} has its records under {@code a/PaxHeaders.0/b}. */
  private static byte[] recordsName(ByteName name) {
    var parent = name.parent().orElse(ByteName.EMPTY);
    var folder = ByteName.ofText("PaxHeaders.0");
    var path = clean(parent.resolve(folder).resolve(name.last()));
    var cut = Header.ascii(path, Header.NAME);
    int size = cut.length;
    while (size > 0 && cut[size - 1] == '/') {
      size--;
    }
    return Arrays.copyOf(cut, size);
  }

  private static ByteName clean(ByteName path) {
    var joined = ByteName.EMPTY;
    for (var part : path.components()) {
      joined = joined.resolve(part);
    }
    return joined;
  }

  /** Writes the end. Further calls do nothing. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      out.write(new byte[2 * Header.BLOCK]);
      out.flush();
    }
  }
}
