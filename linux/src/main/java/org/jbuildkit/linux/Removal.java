package org.jbuildkit.linux;

import java.util.ArrayDeque;
import org.jbuildkit.base.ByteName;

/**
 * Removes a tree through descriptors. Very deep trees are cut: a directory far down is moved to the
 * top and removed from there, so that neither descriptors nor the stack run out.
 */
final class Removal {
  static final int REMOVEDIR = 0x200;
  private static final int MAX_DEPTH = 200;

  private final Dir top;
  private final ByteName name;
  private final ArrayDeque<ByteName> cut = new ArrayDeque<>();
  private int cuts;

  private Removal(Dir top, ByteName name) {
    this.top = top;
    this.name = name;
  }

  static void remove(Dir dir, ByteName name) throws LinuxException {
    var removal = new Removal(dir, name);
    removal.cut.add(name);
    while (!removal.cut.isEmpty()) {
      removal.removeName(dir, removal.cut.remove(), 0);
    }
  }

  private void removeName(Dir dir, ByteName child, int depth) throws LinuxException {
    try {
      dir.unlink(child);
    } catch (LinuxException e) {
      switch (e.errno()) {
        case ENOENT -> {}
        case EISDIR, EPERM -> removeDirectory(dir, child, depth, e);
        default -> throw e;
      }
    }
  }

  private void removeDirectory(Dir dir, ByteName child, int depth, LinuxException cause)
      throws LinuxException {
    var stat = dir.tryStat(child);
    if (stat.isEmpty()) {
      return;
    }
    if (!stat.get().isDirectory()) {
      throw cause;
    }
    if (depth > MAX_DEPTH) {
      var moved = ByteName.ofText(".removing-" + name + "-" + cuts++);
      dir.rename(child, top, moved);
      cut.add(moved);
      return;
    }
    try (var inner = dir.openDir(child)) {
      for (var entry : inner.list()) {
        if (entry.kind() == FileKind.DIRECTORY) {
          removeDirectory(inner, entry.name(), depth + 1, cause);
        } else {
          removeName(inner, entry.name(), depth + 1);
        }
      }
    }
    dir.removeDir(child);
  }
}
