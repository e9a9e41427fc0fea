package org.jbuildkit.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jbuildkit.base.Digest;

/** A blob being written: hashed on the way, invisible until committed, gone if it is not. */
public final class BlobWriter extends OutputStream {
  private static final long MAX_AHEAD = 4 << 20;

  private final StoreFiles files;
  private final Path part;
  private final Path folder;
  private final OutputStream out;
  private final SpaceClaim room;
  private final LongConsumer stored;
  private long reserved;
  private final Digest.Hasher hasher = new Digest.Hasher();
  private long size;
  private boolean ended;

  /**
   * @param room closed with the writer
   * @param stored told the size of a blob that was not there before
   */
  BlobWriter(StoreFiles files, Path ingest, Path folder, SpaceClaim room, LongConsumer stored)
      throws IOException {
    this.room = room;
    this.stored = stored;
    this.folder = folder;
    this.files = files;
    this.part = files.create(ingest);
    try {
      this.out = files.write(part);
    } catch (IOException e) {
      files.delete(part);
      throw e;
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (size + length > reserved) {
      // Ahead, so that not each piece asks; little for small blobs.
      long more = Math.max(length, Math.min(size, MAX_AHEAD));
      room.reserve(more);
      reserved += more;
    }
    out.write(bytes, offset, length);
    hasher.update(bytes, offset, length);
    size += length;
  }

  /** Bytes written so far. */
  public long size() {
    return size;
  }

  /** Makes the blob visible under the digest of what was written. */
  public Digest commit() throws IOException {
    return finish(hasher.finish());
  }

  /**
   * As {@link #commit()}, if the bytes are those expected.
   *
   * @throws IOException naming both digests or sizes if they are not; nothing is stored then
   */
  public Digest commit(Digest expected, long expectedSize) throws IOException {
    var actual = hasher.finish();
    if (size != expectedSize) {
      throw new IOException(
          "unexpected size %d of blob %s, expected %d".formatted(size, expected, expectedSize));
    }
    if (!actual.equals(expected)) {
      throw new IOException("unexpected digest " + actual + ", expected " + expected);
    }
    return finish(actual);
  }

  private Digest finish(Digest digest) throws IOException {
    ended = true;
    out.close();
    files.sync(part);
    var blob = folder.resolve(digest.hex());
    boolean isNew = !Files.exists(blob);
    files.rename(part, blob);
    if (isNew) {
      stored.accept(size);
    }
    return digest;
  }

  /** Drops the bytes unless they were committed. */
  @Override
  public void close() throws IOException {
    try (room) {
      if (!ended) {
        ended = true;
        out.close();
      }
    } finally {
      var _ = files.delete(part);
    }
  }
}
