package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.linux.Dir;

/** A tree that can be reached at a host path until it is closed. */
public final class MountedTree implements AutoCloseable {
  private final Path path;
  private final Optional<Snapshotter> mounted;
  private boolean closed;

  MountedTree(Path path, Optional<Snapshotter> mounted) {
    this.path = path;
    this.mounted = mounted;
  }

  /** The host path of the tree's root. */
  public Path path() {
    return path;
  }

  /** The tree's root by descriptor; the caller closes it, before this. */
  public Dir open() throws IOException {
    return Dir.open(path);
  }

  @Override
  public synchronized void close() {
    if (closed || mounted.isEmpty()) {
      return;
    }
    closed = true;
    try {
      mounted.get().unmount(path);
      Files.delete(path);
    } catch (IOException e) {
      throw new IllegalStateException("can't unmount " + path, e);
    }
  }
}
