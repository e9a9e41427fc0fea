package org.jbuildkit.buildx.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/** Files below one folder, each replaced in one step. */
final class StoreFiles {
  private final Path folder;

  StoreFiles(Path folder) {
    this.folder = folder;
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** A file's content; empty if there is none. */
  Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path(name)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** Writes a file that only the user may read, and its folder. */
  void write(String name, byte[] content) throws IOException {
    write(name, content, "rw-------");
  }

  void write(String name, byte[] content, String permissions) throws IOException {
    var target = path(name);
    var parent = Objects.requireNonNull(target.getParent());
    folders(parent);
    var temporary = Files.createTempFile(parent, ".tmp-", "");
    try {
      Files.write(temporary, content);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(permissions));
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void folders(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  void makeFolder() throws IOException {
    folders(folder);
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  void deleteTree(String name) throws IOException {
    var root = path(name);
    if (!Files.exists(root)) {
      return;
    }
    try (var paths = Files.walk(root)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
