package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;

/** Measures a tree that others change meanwhile: what goes away under way counts for nothing. */
final class LiveTree {
  private static final int BLOCK = 512;

  private LiveTree() {}

  /** Bytes on disk, each file counted once; zero for a tree that is gone. */
  static long bytes(Path folder) {
    try (var dir = Dir.open(folder)) {
      return bytes(dir, new HashSet<>());
    } catch (IOException _) {
      return 0;
    }
  }

  private static long bytes(Dir dir, Set<Long> linked) throws IOException {
    long bytes = 0;
    for (var entry : dir.list()) {
      try {
        var stat = dir.tryStat(entry.name());
        bytes += stat.isPresent() ? bytes(dir, entry.name(), stat.get(), linked) : 0;
      } catch (IOException _) {
        // It went between two looks.
      }
    }
    return bytes;
  }

  private static long bytes(Dir parent, ByteName name, FileStat stat, Set<Long> linked)
      throws IOException {
    if (stat.kind() != FileKind.DIRECTORY) {
      return stat.links() > 1 && !linked.add(stat.inode()) ? 0 : stat.blocks() * BLOCK;
    }
    try (var dir = parent.openDir(name)) {
      return stat.blocks() * BLOCK + bytes(dir, linked);
    }
  }
}
