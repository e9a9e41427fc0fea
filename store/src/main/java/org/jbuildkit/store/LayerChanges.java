package org.jbuildkit.store;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.Errno;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.LinuxException;
import org.jbuildkit.oci.layer.TreePair;

/**
 * What a layer changes of the tree that it was made on, and nothing else: such a layer does the
 * same to any other tree. Names that are gone are marked one by one, where the layer may have a
 * directory that hides all; entries that are in the layer though they did not change are left out.
 */
final class LayerChanges {
  private final TreePair trees;
  private final Optional<Dir> target;
  private boolean isExact = true;

  private LayerChanges(Dir lower, Dir layer, Optional<Dir> target) {
    this.trees = new TreePair(Optional.of(lower), layer);
    this.target = target;
  }

  /** Whether the layer holds nothing but its changes as it is. */
  static boolean isExact(Dir lower, Dir layer) throws IOException {
    var changes = new LayerChanges(lower, layer, Optional.empty());
    var _ = changes.directory(ByteName.EMPTY, false);
    return changes.isExact;
  }

  /**
   * Writes the changes alone into an empty folder, which gets further names of the layer's files:
   * neither may be written to.
   */
  static void write(Dir lower, Dir layer, Dir target) throws IOException {
    var _ = new LayerChanges(lower, layer, Optional.of(target)).directory(ByteName.EMPTY, false);
    LayerFold.copyMetadata(layer, target, ByteName.EMPTY, layer.stat());
  }

  /** Once something is found when only that is asked, the rest does not matter. */
  private boolean isDone() {
    return !isExact && target.isEmpty();
  }

  /**
   * Goes through the layer's entries in one directory.
   *
   * @param hides whether what the lower tree has there is hidden
   * @return whether there is any change
   */
  private boolean directory(ByteName path, boolean hides) throws IOException {
    boolean isChanged = false;
    var names = names(trees.upper(), path);
    for (var name : names) {
      if (isDone()) {
        return isChanged;
      }
      isChanged |= entry(path.resolve(name), hides);
    }
    if (hides) {
      var hidden = names(trees.lower().orElseThrow(), path);
      hidden.removeAll(names);
      for (var name : hidden) {
        gone(path.resolve(name));
        isChanged = true;
      }
    }
    return isChanged;
  }

  private boolean entry(ByteName path, boolean hides) throws IOException {
    var stat = trees.upper().stat(path);
    var before = trees.lowerStat(path);
    boolean isChanged;
    if (stat.isOverlayWhiteout()) {
      isChanged = before.isPresent();
      if (isChanged) {
        gone(path);
      }
    } else if (stat.isDirectory()) {
      isChanged = child(path, stat, before, hides);
    } else {
      isChanged = before.isEmpty() || !trees.isSame(stat, before.get(), path);
      if (isChanged) {
        file(path, stat);
      }
    }
    isExact &= isChanged;
    return isChanged;
  }

  private boolean child(ByteName path, FileStat stat, Optional<FileStat> before, boolean hides)
      throws IOException {
    boolean isOpaque = trees.isOpaque(path);
    isExact &= !isOpaque;
    if (target.isPresent()) {
      target.get().makeDir(path, 0700);
    }
    boolean isChanged =
        directory(path, (isOpaque || hides) && before.filter(FileStat::isDirectory).isPresent());
    isChanged |= before.isEmpty() || !trees.isSame(stat, before.get(), path);
    if (target.isPresent()) {
      finish(target.get(), path, stat, isChanged);
    }
    return isChanged;
  }

  private void finish(Dir out, ByteName path, FileStat stat, boolean isChanged) throws IOException {
    if (isChanged) {
      LayerFold.copyMetadata(trees.upper(), out, path, stat);
    } else {
      out.removeDir(path);
    }
  }

  private void gone(ByteName path) throws IOException {
    if (target.isPresent()) {
      target.get().makeNode(path, FileKind.CHARACTER_DEVICE, 0, 0, 0);
    }
  }

  private void file(ByteName path, FileStat stat) throws IOException {
    if (target.isEmpty()) {
      return;
    }
    try {
      target.get().makeLink(path, trees.upper(), path);
    } catch (LinuxException e) {
      if (!e.is(Errno.EMLINK)) {
        throw e;
      }
      LayerFold.copyFile(trees.upper(), target.get(), path, stat);
      LayerFold.copyMetadata(trees.upper(), target.get(), path, stat);
    }
  }

  private static Set<ByteName> names(Dir tree, ByteName path) throws IOException {
    var names = new TreeSet<ByteName>();
    try (var dir = tree.openDir(path)) {
      dir.list().forEach(entry -> names.add(entry.name()));
    }
    return names;
  }
}
