package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.Mounts;

/**
 * Where layers lie, whoever mounts them: {@code LAYER/fs} holds the content in overlayfs's form,
 * with 0/0 character devices for removed names and an attribute on directories that hide what is
 * below; {@code LAYER/work} is empty but for the kernel's use.
 */
record LayerFolders(Path root) {
  static final ByteName CONTENT = ByteName.ofText("fs");
  private static final String GONE = "gone-";
  private static final String EMPTY = "empty";

  /** Opens or creates the layers below an absolute folder. */
  static LayerFolders open(Path root) throws IOException {
    Files.createDirectories(root.resolve(EMPTY).resolve("fs"));
    try (var empty = Dir.open(root.resolve(EMPTY))) {
      empty.chmod(CONTENT, 0755);
    }
    return new LayerFolders(root);
  }

  /** A layer that is always there and always empty. */
  String empty() {
    return EMPTY;
  }

  void create(String layer) throws IOException {
    var folder = Files.createDirectory(root.resolve(layer));
    Files.createDirectory(folder.resolve("work"));
    try (var dir = Dir.open(folder)) {
      dir.makeDir(CONTENT, 0755);
      dir.chmod(CONTENT, 0755);
    }
  }

  Path folder(String layer) {
    return root.resolve(layer);
  }

  Path content(String layer) {
    return folder(layer).resolve("fs");
  }

  long usage(String layer) throws IOException {
    try (var dir = Dir.open(root.resolve(layer))) {
      return usage(dir, CONTENT, new LinkedHashSet<>());
    }
  }

  private static long usage(Dir parent, ByteName name, Set<Long> linked) throws IOException {
    var stat = parent.stat(name);
    if (stat.links() > 1 && stat.kind() != FileKind.DIRECTORY && !linked.add(stat.inode())) {
      return 0;
    }
    long bytes = stat.blocks() * 512;
    if (stat.kind() == FileKind.DIRECTORY) {
      try (var dir = parent.openDir(name)) {
        for (var entry : dir.list()) {
          bytes += usage(dir, entry.name(), linked);
        }
      }
    }
    return bytes;
  }

  void remove(String layer) throws IOException {
    // Renamed first: what a loss of power leaves of it is no layer any more.
    var gone = GONE + layer;
    try {
      Files.move(root.resolve(layer), root.resolve(gone), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException _) {
      return;
    }
    try (var dir = Dir.open(root)) {
      dir.removeTree(ByteName.ofText(gone));
    }
  }

  void sweep(Set<String> keep) throws IOException {
    for (var mount : MountEntry.under(ByteName.ofText(root.toString()))) {
      Mounts.detach(mount.mountPoint());
    }
    try (var layers = Files.newDirectoryStream(root)) {
      for (var layer : layers) {
        var name = layer.getFileName().toString();
        if (!keep.contains(name) && !name.equals(EMPTY)) {
          remove(name);
        }
      }
    }
  }
}
