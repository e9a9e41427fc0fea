package org.jbuildkit.store;

import java.io.IOException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;

/**
 * Puts layers one after another into a plain folder, which then shows what a mount of them shows.
 * Files are not copied: the folder holds further names of them, so neither may be written to.
 */
final class LayerFold {
  private static final String OVERLAY = "trusted.overlay.";
  private static final String OPAQUE = OVERLAY + "opaque";

  private LayerFold() {}

  /** Puts a layer, with overlayfs's marks of what it removes, over what the target holds. */
  static void apply(Dir layer, Dir target) throws IOException {
    if (isOpaque(layer)) {
      empty(target);
    }
    for (var entry : layer.list()) {
      var name = entry.name();
      if (entry.kind() == FileKind.DIRECTORY) {
        applyDirectory(layer, target, name);
        continue;
      }
      target.removeTree(name);
      if (!layer.stat(name).isOverlayWhiteout()) {
        target.makeLink(name, layer, name);
      }
    }
    copyMetadata(layer, target);
  }

  private static void applyDirectory(Dir layer, Dir target, ByteName name) throws IOException {
    boolean exists = target.tryStat(name).filter(FileStat::isDirectory).isPresent();
    if (!exists) {
      target.removeTree(name);
      target.makeDir(name, 0700);
    }
    try (var from = layer.openDir(name);
        var to = target.openDir(name)) {
      apply(from, to);
    }
  }

  private static boolean isOpaque(Dir layer) throws IOException {
    return layer.xattrs(ByteName.EMPTY).get(OPAQUE).filter(value -> value[0] == 'y').isPresent();
  }

  private static void empty(Dir target) throws IOException {
    for (var entry : target.list()) {
      target.removeTree(entry.name());
    }
  }

  /** Last, because entries made below change the time. */
  private static void copyMetadata(Dir from, Dir to) throws IOException {
    var stat = from.stat();
    var given = from.xattrs(ByteName.EMPTY).all();
    var xattrs = to.xattrs(ByteName.EMPTY);
    for (var name : xattrs.all().keySet()) {
      if (!given.containsKey(name)) {
        xattrs.remove(name);
      }
    }
    for (var xattr : given.entrySet()) {
      if (!xattr.getKey().startsWith(OVERLAY)) {
        xattrs.set(xattr.getKey(), xattr.getValue());
      }
    }
    to.chown(ByteName.EMPTY, stat.uid(), stat.gid());
    to.chmod(ByteName.EMPTY, stat.mode());
    to.setTimes(ByteName.EMPTY, stat.mtime());
  }
}
