package org.jbuildkit.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jbuildkit.base.Digest;

/**
 * Blobs as files {@code blobs/sha256/HEX}, as in an OCI image layout. Unfinished ones live in
 * {@code ingest} and are swept when the store is opened.
 */
public final class FileContentStore implements ContentStore {
  private static final long BLOCK = 4096;

  private final Path blobs;
  private final Path ingest;

  private final StoreFiles files;
  private final SpaceBudget budget;
  private final AtomicLong bytes = new AtomicLong();

  private FileContentStore(StoreFiles files, Path blobs, Path ingest, SpaceBudget budget) {
    this.files = files;
    this.blobs = blobs;
    this.ingest = ingest;
    this.budget = budget;
  }

  /** Opens or creates the store below a folder, without a limit to what is kept. */
  public static FileContentStore open(Path root) throws IOException {
    return open(root, SpaceBudget.unlimited());
  }

  /** As {@link #open(Path)}; the budget counts all blobs from now on. */
  public static FileContentStore open(Path root, SpaceBudget budget) throws IOException {
    return open(StoreFiles.DISK, root, budget);
  }

  static FileContentStore open(StoreFiles files, Path root, SpaceBudget budget) throws IOException {
    var blobs = Files.createDirectories(root.resolve("blobs/sha256"));
    var ingest = Files.createDirectories(root.resolve("ingest"));
    try (var leftovers = Files.newDirectoryStream(ingest)) {
      for (var leftover : leftovers) {
        Files.delete(leftover);
      }
    }
    var store = new FileContentStore(files, blobs, ingest, budget);
    store.walk((_, size) -> store.bytes.addAndGet(onDisk(size)));
    budget.addStock(store.bytes::get);
    return store;
  }

  private static long onDisk(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private Path path(Digest digest) {
    return blobs.resolve(digest.hex());
  }

  @Override
  public Optional<InputStream> open(Digest digest) throws IOException {
    try {
      return Optional.of(new BufferedInputStream(Files.newInputStream(path(digest)), 128 * 1024));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Long> size(Digest digest) throws IOException {
    try {
      return Optional.of(Files.size(path(digest)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Instant> storedAt(Digest digest) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(path(digest)).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public BlobWriter ingest() throws IOException {
    var room = budget.claim();
    try {
      return new BlobWriter(files, ingest, blobs, room, size -> bytes.addAndGet(onDisk(size)));
    } catch (IOException e) {
      room.close();
      throw e;
    }
  }

  @Override
  public void delete(Digest digest) throws IOException {
    long size = size(digest).orElse(0L);
    if (files.delete(path(digest))) {
      bytes.addAndGet(-onDisk(size));
    }
  }

  @Override
  public void walk(BiConsumer<Digest, Long> visitor) throws IOException {
    try (var files = Files.newDirectoryStream(blobs)) {
      for (var file : files) {
        var digest = Digest.tryParse("sha256:" + file.getFileName());
        if (digest.isPresent()) {
          visitor.accept(digest.get(), Files.size(file));
        }
      }
    }
  }
}
