package org.jbuildkit.oci.compress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jbuildkit.base.TaskScope;

/**
 * One gzip member, compressed on all processors: blocks of 512 KiB, each with the 32 KiB before it
 * as dictionary, joined at byte borders. The bytes depend on input and level alone.
 */
final class GzipOutput extends OutputStream {
  private static final int BLOCK = 512 * 1024;
  private static final int DICTIONARY = 32 * 1024;
  private static final int CHUNK = 64 * 1024;

  private final OutputStream out;
  private final int level;
  private final int parallel = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final CRC32 checksum = new CRC32();
  private final List<Block> pending = new ArrayList<>();
  private byte[] dictionary = new byte[0];
  private byte[] current = new byte[BLOCK];
  private int filled;
  private long total;
  private boolean closed;

  /** Content with what came before it. */
  private record Block(byte[] content, int size, byte[] dictionary, boolean isLast) {}

  GzipOutput(OutputStream out, long level) throws IOException {
    if (level < -2 || level > 9) {
      throw new IOException("gzip: invalid compression level: " + level);
    }
    this.out = out;
    this.level = (int) level;
    int speed = level == 9 ? 2 : level == 1 ? 4 : 0;
    out.write(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, (byte) speed, (byte) 0xFF});
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checksum.update(bytes, offset, length);
    total += length;
    int done = 0;
    while (done < length) {
      int n = Math.min(BLOCK - filled, length - done);
      System.arraycopy(bytes, offset + done, current, filled, n);
      filled += n;
      done += n;
      if (filled == BLOCK) {
        finishBlock(false);
      }
    }
  }

  private void finishBlock(boolean isLast) throws IOException {
    pending.add(new Block(current, filled, dictionary, isLast));
    if (filled >= DICTIONARY) {
      dictionary = Arrays.copyOfRange(current, filled - DICTIONARY, filled);
    }
    current = new byte[isLast ? 0 : BLOCK];
    filled = 0;
    if (isLast || pending.size() == parallel) {
      compressPending();
    }
  }

  private void compressPending() throws IOException {
    if (pending.size() == 1) {
      out.write(deflate(pending.getFirst()));
    } else {
      try (var scope = TaskScope.open()) {
        var tasks = new ArrayList<TaskScope.Task<byte[]>>();
        for (var block : pending) {
          tasks.add(scope.fork(() -> deflate(block)));
        }
        scope.join();
        for (var task : tasks) {
          out.write(task.get());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("compression was interrupted").initCause(e);
      }
    }
    pending.clear();
  }

  private byte[] deflate(Block block) {
    try (var deflater = new Deflater(Math.max(level, -1), true)) {
      if (level == -2) {
        deflater.setStrategy(Deflater.HUFFMAN_ONLY);
        // The JDK spends the next call on the change alone.
        deflater.deflate(new byte[0], 0, 0, Deflater.NO_FLUSH);
      }
      if (block.dictionary().length > 0) {
        deflater.setDictionary(block.dictionary());
      }
      deflater.setInput(block.content(), 0, block.size());
      if (block.isLast()) {
        deflater.finish();
      }
      var compressed = new ByteArrayOutputStream(CHUNK);
      var buffer = new byte[CHUNK];
      int mode = block.isLast() ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
      int n;
      do {
        n = deflater.deflate(buffer, 0, buffer.length, mode);
        compressed.write(buffer, 0, n);
      } while (block.isLast()
          ? !deflater.finished()
          : n == buffer.length || !deflater.needsInput());
      return compressed.toByteArray();
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      finishBlock(true);
      var trailer = new byte[8];
      for (int i = 0; i < 4; i++) {
        trailer[i] = (byte) (checksum.getValue() >>> (8 * i));
        trailer[4 + i] = (byte) (total >>> (8 * i));
      }
      out.write(trailer);
    }
  }
}
