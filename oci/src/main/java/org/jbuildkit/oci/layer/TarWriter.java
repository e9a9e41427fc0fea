package org.jbuildkit.oci.layer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;

/**
 * Writes archives in the form of Go's {@code archive/tar}: USTAR where every field fits, PAX
 * records for what does not. Times are whole seconds.
 */
public final class TarWriter implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int PREFIX = 155;
  private static final long MAX_ID = 07777777;
  private static final long MAX_NUMBER = 077777777777L;

  private final OutputStream out;
  private long padding;
  private long remaining;

  /** The stream is not closed. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Starts a member; a regular one's bytes follow through {@link #write}. */
  public void begin(TarEntry entry) throws IOException {
    finishMember();
    var name = entry.name().bytes();
    if (entry.kind() == TarEntry.Kind.DIRECTORY) {
      name = Arrays.copyOf(name, name.length + 1);
      name[name.length - 1] = '/';
    }
    var records = new TreeMap<String, byte[]>();
    var split = split(name);
    if (split < 0 || !isAscii(name)) {
      if (name.length > NAME || !isAscii(name)) {
        records.put("path", name);
      }
      split = 0;
    }
    addRecords(entry, records);
    if (!records.isEmpty()) {
      if (name.length > NAME) {
        records.put("path", name);
        split = 0;
      }
      writePax(name, records);
    }
    out.write(header(entry, name, split, records));
    remaining = entry.size();
    padding = (BLOCK - entry.size() % BLOCK) % BLOCK;
  }

  private static void addRecords(TarEntry entry, Map<String, byte[]> records) {
    var link = entry.linkName().bytes();
    if (link.length > NAME || !isAscii(link)) {
      records.put("linkpath", link);
    }
    if (entry.uid() > MAX_ID) {
      records.put("uid", number(entry.uid()));
    }
    if (entry.gid() > MAX_ID) {
      records.put("gid", number(entry.gid()));
    }
    if (entry.size() > MAX_NUMBER) {
      records.put("size", number(entry.size()));
    }
    if (entry.seconds() < 0 || entry.seconds() > MAX_NUMBER) {
      records.put("mtime", number(entry.seconds()));
    }
    entry.xattrs().forEach((name, value) -> records.put("SCHILY.xattr." + name, value));
  }

  private static byte[] number(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  /** Where a long name is cut in prefix and rest; 0 if it fits whole, -1 if it can't be cut. */
  private static int split(byte[] name) {
    if (name.length <= NAME) {
      return 0;
    }
    int limit = Math.min(name.length - 1, PREFIX + 1);
    if (name[name.length - 1] == '/') {
      limit = Math.min(limit, name.length - 1);
    }
    for (int i = limit - 1; i > 0; i--) {
      if (name[i] == '/') {
        int rest = name.length - i - 1;
        return i <= PREFIX && rest <= NAME && rest > 0 ? i : -1;
      }
    }
    return -1;
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private void writePax(byte[] name, Map<String, byte[]> records) throws IOException {
    var body = new java.io.ByteArrayOutputStream();
    for (var record : records.entrySet()) {
      writeRecord(body, record.getKey(), record.getValue());
    }
    var header = new byte[BLOCK];
    putText(header, 0, NAME, ascii(paxName(name)));
    putOctal(header, 100, 8, 0);
    putOctal(header, 108, 8, 0);
    putOctal(header, 116, 8, 0);
    putOctal(header, 124, 12, body.size());
    putOctal(header, 136, 12, 0);
    header[156] = 'x';
    finishHeader(header);
    out.write(header);
    out.write(body.toByteArray());
    out.write(new byte[(BLOCK - body.size() % BLOCK) % BLOCK]);
  }

  private static byte[] paxName(byte[] name) {
    var path = ByteName.of(name);
    boolean isDirectory = name.length > 0 && name[name.length - 1] == '/';
    if (isDirectory) {
      return path.resolve(ByteName.ofText("PaxHeaders.0")).components().stream()
          .reduce(ByteName.EMPTY, ByteName::resolve)
          .bytes();
    }
    var parent = path.parent().orElse(ByteName.EMPTY);
    return parent.resolve(ByteName.ofText("PaxHeaders.0")).resolve(path.last()).bytes();
  }

  private static void writeRecord(java.io.ByteArrayOutputStream body, String key, byte[] value) {
    int payload = key.getBytes(StandardCharsets.UTF_8).length + value.length + 3;
    int length = payload + Integer.toString(payload).length();
    if (Integer.toString(length).length() != Integer.toString(payload).length()) {
      length = payload + Integer.toString(length).length();
    }
    body.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
    body.writeBytes(value);
    body.write('\n');
  }

  private static byte[] header(
      TarEntry entry, byte[] name, int split, Map<String, byte[]> records) {
    var header = new byte[BLOCK];
    if (split > 0) {
      putText(header, 0, NAME, Arrays.copyOfRange(name, split + 1, name.length));
      putText(header, 345, PREFIX, Arrays.copyOf(name, split));
    } else {
      putText(header, 0, NAME, withoutCutSlash(ascii(name)));
    }
    putOctal(header, 100, 8, entry.mode());
    putOctal(header, 108, 8, records.containsKey("uid") ? 0 : entry.uid());
    putOctal(header, 116, 8, records.containsKey("gid") ? 0 : entry.gid());
    putOctal(header, 124, 12, records.containsKey("size") ? 0 : entry.size());
    putOctal(header, 136, 12, records.containsKey("mtime") ? 0 : entry.seconds());
    header[156] = (byte) entry.kind().flag;
    putText(header, 157, NAME, ascii(entry.linkName().bytes()));
    putOctal(header, 329, 8, entry.deviceMajor());
    putOctal(header, 337, 8, entry.deviceMinor());
    finishHeader(header);
    return header;
  }

  private static byte[] withoutCutSlash(byte[] name) {
    if (name.length <= NAME) {
      return name;
    }
    int end = NAME;
    while (end > 0 && name[end - 1] == '/') {
      end--;
    }
    return Arrays.copyOf(name, end);
  }

  private static byte[] ascii(byte[] bytes) {
    var kept = new byte[bytes.length];
    int size = 0;
    for (byte b : bytes) {
      if (b >= 0) {
        kept[size++] = b;
      }
    }
    return Arrays.copyOf(kept, size);
  }

  private static void putText(byte[] header, int offset, int width, byte[] text) {
    System.arraycopy(text, 0, header, offset, Math.min(width, text.length));
  }

  private static void putOctal(byte[] header, int offset, int width, long value) {
    var digits = Long.toOctalString(value);
    for (int i = 0; i < width - 1; i++) {
      int digit = i - (width - 1 - digits.length());
      header[offset + i] = (byte) (digit < 0 ? '0' : digits.charAt(digit));
    }
  }

  private static void finishHeader(byte[] header) {
    putText(header, 257, 8, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    putOctal(header, 148, 7, sum);
    header[154] = 0;
    header[155] = ' ';
  }

  /** Bytes of the member begun last. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > remaining) {
      throw new IOException("archive/tar: write too long");
    }
    out.write(bytes, offset, length);
    remaining -= length;
  }

  private void finishMember() throws IOException {
    if (remaining > 0) {
      throw new IOException("archive/tar: missed writing " + remaining + " bytes");
    }
    out.write(new byte[(int) padding]);
    padding = 0;
  }

  /** Ends the archive with two empty blocks. */
  @Override
  public void close() throws IOException {
    finishMember();
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }
}
