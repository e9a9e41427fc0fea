package org.jbuildkit.session.attach;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;

/** The blobs of an OCI image layout on disk. */
public final class BlobFolder {
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r--r--r--");

  private final Path root;

  /**
   * @param root the layout's folder; folders for blobs are made when the first one is written
   */
  public BlobFolder(Path root) {
    this.root = root;
  }

  /** Where a blob is or would be. */
  Path path(Digest digest) {
    return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  public boolean has(Digest digest) {
    return Files.isRegularFile(path(digest));
  }

  Optional<Long> size(Digest digest) throws IOException {
    return has(digest) ? Optional.of(Files.size(path(digest))) : Optional.empty();
  }

  Instant modified(Digest digest) throws IOException {
    return Files.getLastModifiedTime(path(digest)).toInstant();
  }

  /**
   * Opens a blob for reading.
   *
   * @throws BuildException {@link ErrorCode#NOT_FOUND}
   */
  RandomAccessFile open(Digest digest) throws IOException {
    if (!has(digest)) {
      throw missing(digest);
    }
    return new RandomAccessFile(path(digest).toFile(), "r");
  }

  static BuildException missing(Digest digest) {
    return new BuildException(ErrorCode.NOT_FOUND, "content digest " + digest + ": not found");
  }

  /** A file for a blob that is being written. */
  Path ingest() throws IOException {
    var folder = ReadableFolder.create(root.resolve("ingest"));
    return Files.createTempFile(folder, "blob-", ".part");
  }

  /** Moves a whole file to its place; the caller has verified its digest. */
  void commit(Path ingest, Digest digest) throws IOException {
    var target = path(digest);
    ReadableFolder.create(root.resolve("blobs").resolve(digest.algorithm()));
    Files.setPosixFilePermissions(ingest, READ_ONLY);
    Files.move(ingest, target, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.deleteIfExists(root.resolve("ingest"));
    } catch (IOException _) {
      // Another blob is being written there.
    }
  }
}
