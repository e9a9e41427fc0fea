package org.jbuildkit.store;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;

/**
 * Puts layers one after another into a plain folder, which then shows what a mount of them shows.
 * Files are either copied, or the folder holds further names of the layers' own: then neither may
 * be written to.
 */
final class LayerFold {
  private static final String OVERLAY = "trusted.overlay.";
  private static final String OPAQUE = OVERLAY + "opaque";

  private final LayerFolders layers;
  private final Dir target;
  private final boolean copies;
  // Names of the target by what they are copies of: links inside a layer stay links.
  private final Map<Long, ByteName> copied = new HashMap<>();

  private LayerFold(LayerFolders layers, Dir target, boolean copies) {
    this.layers = layers;
    this.target = target;
    this.copies = copies;
  }

  /** Fills an empty folder with further names of the layers' files, lowest layer first. */
  static void link(LayerFolders layers, List<String> stack, Dir target) throws IOException {
    new LayerFold(layers, target, false).apply(stack);
  }

  /** Fills an empty folder with copies, lowest layer first. */
  static void copy(LayerFolders layers, List<String> stack, Dir target) throws IOException {
    new LayerFold(layers, target, true).apply(stack);
  }

  private void apply(List<String> stack) throws IOException {
    for (var layer : stack) {
      copied.clear();
      try (var from = Dir.open(layers.content(layer))) {
        apply(from, target, ByteName.EMPTY);
      }
    }
  }

  private void apply(Dir layer, Dir folder, ByteName path) throws IOException {
    if (isOpaque(layer)) {
      empty(folder);
    }
    for (var entry : layer.list()) {
      var name = entry.name();
      var child = path.isEmpty() ? name : path.resolve(name);
      if (entry.kind() == FileKind.DIRECTORY) {
        applyDirectory(layer, folder, name, child);
      } else {
        applyFile(layer, folder, name, child);
      }
    }
    copyMetadata(layer, folder, ByteName.EMPTY, layer.stat());
  }

  private void applyDirectory(Dir layer, Dir folder, ByteName name, ByteName path)
      throws IOException {
    boolean exists = folder.tryStat(name).filter(FileStat::isDirectory).isPresent();
    if (!exists) {
      folder.removeTree(name);
      folder.makeDir(name, 0700);
    }
    try (var from = layer.openDir(name);
        var to = folder.openDir(name)) {
      apply(from, to, path);
    }
  }

  private void applyFile(Dir layer, Dir folder, ByteName name, ByteName path) throws IOException {
    folder.removeTree(name);
    var stat = layer.stat(name);
    if (stat.isOverlayWhiteout()) {
      return;
    }
    if (!copies) {
      folder.makeLink(name, layer, name);
      return;
    }
    var known = stat.links() > 1 ? copied.putIfAbsent(stat.inode(), path) : null;
    if (known != null) {
      folder.makeLink(name, target, known);
      return;
    }
    copyFile(layer, folder, name, stat);
    copyMetadata(layer, folder, name, stat);
  }

  /** A further file of the same content, without metadata. */
  static void copyFile(Dir layer, Dir folder, ByteName name, FileStat stat) throws IOException {
    switch (stat.kind()) {
      case REGULAR -> {
        try (var from = layer.openRead(name);
            var to = folder.create(name, 0600)) {
          to.copyFrom(from, stat.size());
        }
      }
      case SYMLINK -> folder.makeSymlink(name, layer.readLink(name));
      default ->
          folder.makeNode(name, stat.kind(), stat.mode(), stat.rdevMajor(), stat.rdevMinor());
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

  /** For directories last, because entries made below change the time. */
  static void copyMetadata(Dir from, Dir to, ByteName name, FileStat stat) throws IOException {
    var given = from.xattrs(name).all();
    var xattrs = to.xattrs(name);
    for (var known : xattrs.all().keySet()) {
      if (!given.containsKey(known)) {
        xattrs.remove(known);
      }
    }
    to.chown(name, stat.uid(), stat.gid());
    if (!stat.isSymlink()) {
      to.chmod(name, stat.mode());
    }
    // After the change of owner, which takes capabilities away.
    for (var xattr : given.entrySet()) {
      if (!xattr.getKey().startsWith(OVERLAY)) {
        xattrs.set(xattr.getKey(), xattr.getValue());
      }
    }
    to.setTimes(name, stat.mtime());
  }
}
