package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that is made, with its folder, when its first byte comes. Used by one thread. */
final class LazyFile extends OutputStream {
  private final Path path;
  private @Nullable OutputStream file;

  LazyFile(Path path) {
    this.path = path;
  }

  private OutputStream file() throws IOException {
    var opened = file;
    if (opened == null) {
      var parent = path.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      opened = Files.newOutputStream(path);
      file = opened;
    }
    return opened;
  }

  @Override
  public void write(int b) throws IOException {
    file().write(b);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    if (length > 0) {
      file().write(buffer, offset, length);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
