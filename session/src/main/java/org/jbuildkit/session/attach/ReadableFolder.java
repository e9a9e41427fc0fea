package org.jbuildkit.session.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders that all may read and only their owner may change, even where the umask is zero. */
public final class ReadableFolder {
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

  private ReadableFolder() {}

  /** Makes the folder and those above it where they are missing. */
  public static Path create(Path path) throws IOException {
    // A link to a folder will do, which the JDK's method refuses.
    return Files.isDirectory(path) ? path : Files.createDirectories(path, MODE);
  }
}
