package org.jbuildkit.buildctl.debug;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A Bolt database, read only: a tree of buckets, each with sorted keys that have values or are
 * buckets themselves.
 */
final class BoltFile implements AutoCloseable {
  private static final int MAGIC = 0xED0CDAED;
  private static final int VERSION = 2;
  private static final int PAGE_HEADER = 16;
  private static final int ELEMENT = 16;
  private static final int BUCKET_HEADER = 16;
  private static final int META_SIZE = 64;
  private static final int BRANCH = 1;
  private static final int LEAF = 2;
  private static final int IS_BUCKET = 1;
  private static final int MAX_PAGE = 64 * 1024;
  private static final int MAX_RUN = 256 * 1024 * 1024;
  private static final int MAX_DEPTH = 100;

  /** Gets what a database holds, in order. */
  interface Visitor {
    void enter(byte[] bucket);

    void leave();

    void value(byte[] key, byte[] value);
  }

  private final FileChannel channel;
  private final int pageSize;
  private final long root;

  private BoltFile(FileChannel channel, int pageSize, long root) {
    this.channel = channel;
    this.pageSize = pageSize;
    this.root = root;
  }

  /**
   * @throws IOException for a file that is no such database
   */
  static BoltFile open(Path file) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      var first = meta(channel, 0);
      int pageSize = first.getInt(8);
      if (pageSize < 512 || pageSize > MAX_PAGE) {
        throw new IOException("invalid database");
      }
      var newest = first;
      try {
        var second = meta(channel, pageSize);
        newest = second.getLong(48) > first.getLong(48) ? second : first;
      } catch (IOException _) {
        // Only one of them need be whole.
      }
      return new BoltFile(channel, pageSize, newest.getLong(16));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ByteBuffer meta(FileChannel channel, long page) throws IOException {
    var meta = read(channel, page + PAGE_HEADER, META_SIZE);
    if (meta.getInt(0) != MAGIC || meta.getInt(4) != VERSION) {
      throw new IOException("invalid database");
    }
    return meta;
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (offset < 0 || channel.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("invalid database: cut off");
      }
    }
    return bytes.flip();
  }

  void visit(Visitor visitor) throws IOException {
    try {
      page(root, visitor, 0);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("invalid database", e);
    }
  }

  private void page(long id, Visitor visitor, int depth) throws IOException {
    long offset = Math.multiplyExact(id, (long) pageSize);
    var header = read(channel, offset, PAGE_HEADER);
    long length = (Integer.toUnsignedLong(header.getInt(12)) + 1) * pageSize;
    if (length > MAX_RUN) {
      throw new IOException("invalid database: page too large");
    }
    elements(read(channel, offset, (int) length), visitor, depth);
  }

  private void elements(ByteBuffer page, Visitor visitor, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("invalid database: nested too deep");
    }
    int flags = page.getShort(8) & 0xFFFF;
    int count = page.getShort(10) & 0xFFFF;
    for (int i = 0; i < count; i++) {
      int at = PAGE_HEADER + i * ELEMENT;
      if (flags == BRANCH) {
        page(page.getLong(at + 8), visitor, depth + 1);
      } else if (flags == LEAF) {
        int start = at + page.getInt(at + 4);
        var key = bytes(page, start, page.getInt(at + 8));
        var value = bytes(page, start + key.length, page.getInt(at + 12));
        if (page.getInt(at) == IS_BUCKET) {
          bucket(key, value, visitor, depth);
        } else {
          visitor.value(key, value);
        }
      } else {
        throw new IOException("invalid database: unexpected page");
      }
    }
  }

  /** A bucket has a page of its own, or stands as a whole where it is named. */
  private void bucket(byte[] name, byte[] value, Visitor visitor, int depth) throws IOException {
    visitor.enter(name);
    var header = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    long page = header.getLong(0);
    if (page != 0) {
      page(page, visitor, depth + 1);
    } else {
      var inline = Arrays.copyOfRange(value, BUCKET_HEADER, value.length);
      elements(ByteBuffer.wrap(inline).order(ByteOrder.LITTLE_ENDIAN), visitor, depth + 1);
    }
    visitor.leave();
  }

  private static byte[] bytes(ByteBuffer page, int start, int length) {
    if (start < 0 || length < 0 || start > page.limit() - length) {
      throw new IndexOutOfBoundsException(start);
    }
    var bytes = new byte[length];
    page.get(start, bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
