package org.jbuildkit.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The calls by which blobs come to be and go: each may fail, and what follows must be sound. */
interface StoreFiles {
  /** The disk's own. */
  StoreFiles DISK = new StoreFiles() {};

  /** Makes an empty file of a new name. */
  default Path create(Path folder) throws IOException {
    return Files.createTempFile(folder, "blob-", ".part");
  }

  /** Opens a file for writing; the caller closes it. */
  default OutputStream write(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.WRITE);
  }

  /** Makes a file's content durable. */
  default void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    }
  }

  /** Gives a file its name, in place of what had it. */
  default void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Removes a file.
   *
   * @return whether there was one
   */
  default boolean delete(Path file) throws IOException {
    return Files.deleteIfExists(file);
  }
}
