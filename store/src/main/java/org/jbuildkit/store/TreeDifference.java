package org.jbuildkit.store;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.Timestamp;

/**
 * Makes a layer of what was changed in a copy of a tree: what changed is moved from the copy into
 * the layer, what is gone is marked there. Metadata tells what changed; where a file's looks the
 * same though it was touched after the copy was made, the content is compared.
 */
final class TreeDifference {
  private static final int CHUNK = 64 * 1024;

  private final Timestamp copied;

  private TreeDifference(Timestamp copied) {
    this.copied = copied;
  }

  /**
   * @param lower the tree as it was
   * @param tree the changed copy, which loses what goes into the layer
   * @param layer an empty folder
   * @param copied when the copy was complete, by the clock of its file system
   */
  static void move(Dir lower, Dir tree, Dir layer, Timestamp copied) throws IOException {
    new TreeDifference(copied).directory(lower, tree, layer);
    LayerFold.copyMetadata(tree, layer, ByteName.EMPTY, tree.stat());
  }

  /** Whether anything went into the layer. */
  private boolean directory(Dir lower, Dir tree, Dir layer) throws IOException {
    var before = kinds(lower);
    var now = kinds(tree);
    var names = new TreeSet<ByteName>(before.keySet());
    names.addAll(now.keySet());
    boolean changed = false;
    // The time is the tree's own: entries are moved out of it.
    var stat = tree.stat();
    for (var name : names) {
      if (!now.containsKey(name)) {
        layer.makeNode(name, FileKind.CHARACTER_DEVICE, 0, 0, 0);
        changed = true;
      } else if (now.get(name) == FileKind.DIRECTORY && before.get(name) == FileKind.DIRECTORY) {
        changed |= both(lower, tree, layer, name);
      } else if (!before.containsKey(name) || isChanged(lower, tree, name)) {
        tree.rename(name, layer, name);
        changed = true;
      }
    }
    tree.setTimes(ByteName.EMPTY, stat.mtime());
    return changed;
  }

  private static Map<ByteName, FileKind> kinds(Dir dir) throws IOException {
    var kinds = new HashMap<ByteName, FileKind>();
    dir.list().forEach(entry -> kinds.put(entry.name(), entry.kind()));
    return kinds;
  }

  private boolean both(Dir lower, Dir tree, Dir layer, ByteName name) throws IOException {
    layer.makeDir(name, 0700);
    boolean changed;
    try (var below = lower.openDir(name);
        var now = tree.openDir(name);
        var out = layer.openDir(name)) {
      changed = directory(below, now, out);
      changed |= !isSameMetadata(lower, tree, name);
      if (changed) {
        LayerFold.copyMetadata(now, out, ByteName.EMPTY, now.stat());
      }
    }
    if (!changed) {
      layer.removeDir(name);
    }
    return changed;
  }

  private boolean isChanged(Dir lower, Dir tree, ByteName name) throws IOException {
    if (!isSameMetadata(lower, tree, name)) {
      return true;
    }
    var stat = tree.stat(name);
    return switch (stat.kind()) {
      case SYMLINK -> !lower.readLink(name).equals(tree.readLink(name));
      case REGULAR ->
          stat.ctime().compareTo(copied) >= 0 && !isSameContent(lower, tree, name, stat.size());
      default -> false;
    };
  }

  private static boolean isSameMetadata(Dir lower, Dir tree, ByteName name) throws IOException {
    var before = lower.stat(name);
    var now = tree.stat(name);
    return before.kind() == now.kind()
        && before.mode() == now.mode()
        && before.uid() == now.uid()
        && before.gid() == now.gid()
        && before.mtime().equals(now.mtime())
        && (now.isDirectory() || before.size() == now.size())
        && isSameDevice(before, now)
        && isSameXattrs(lower, tree, name);
  }

  private static boolean isSameDevice(FileStat before, FileStat now) {
    return !now.isDevice()
        || (before.rdevMajor() == now.rdevMajor() && before.rdevMinor() == now.rdevMinor());
  }

  private static boolean isSameXattrs(Dir lower, Dir tree, ByteName name) throws IOException {
    var before = lower.xattrs(name).all();
    var now = tree.xattrs(name).all();
    return before.keySet().equals(now.keySet())
        && before.entrySet().stream()
            .allMatch(xattr -> Arrays.equals(xattr.getValue(), now.get(xattr.getKey())));
  }

  private static boolean isSameContent(Dir lower, Dir tree, ByteName name, long size)
      throws IOException {
    try (var before = lower.openRead(name);
        var now = tree.openRead(name);
        var left = before.input(false);
        var right = now.input(false)) {
      for (long done = 0; done < size; ) {
        var expected = left.readNBytes(CHUNK);
        if (!Arrays.equals(expected, right.readNBytes(CHUNK))) {
          return false;
        }
        if (expected.length == 0) {
          return true;
        }
        done += expected.length;
      }
      return true;
    }
  }
}
