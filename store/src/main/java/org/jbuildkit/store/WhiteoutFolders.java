package org.jbuildkit.store;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;

/**
 * The folders of a layer in which names are marked as gone. Overlayfs leaves the marks out of a
 * listing only where it merges folders of two layers: with an empty twin of each in a layer below,
 * it always does.
 */
final class WhiteoutFolders {
  private final Set<ByteName> found = new TreeSet<>();

  private WhiteoutFolders() {}

  /** Those below the root, which is always merged. */
  static Set<ByteName> of(Dir layer) throws IOException {
    var folders = new WhiteoutFolders();
    folders.search(layer, ByteName.EMPTY);
    folders.found.remove(ByteName.EMPTY);
    return folders.found;
  }

  private void search(Dir dir, ByteName path) throws IOException {
    for (var entry : dir.list()) {
      if (entry.kind() == FileKind.DIRECTORY) {
        try (var inner = dir.openDir(entry.name())) {
          search(inner, path.resolve(entry.name()));
        }
      } else if (entry.kind() == FileKind.CHARACTER_DEVICE
          && dir.stat(entry.name()).isOverlayWhiteout()) {
        found.add(path);
      }
    }
  }

  /** Makes the folders, and those that they are in. */
  static void make(Set<ByteName> folders, Dir target) throws IOException {
    for (var folder : folders) {
      var path = ByteName.EMPTY;
      for (var name : folder.components()) {
        path = path.resolve(name);
        if (target.tryStat(path).isEmpty()) {
          target.makeDir(path, 0755);
        }
      }
    }
  }
}
