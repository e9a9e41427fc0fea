package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.MountFlag;
import org.jbuildkit.linux.Mounts;

/**
 * Layers as overlayfs directories: {@code LAYER/fs} holds the content with whiteouts as 0/0
 * character devices, {@code LAYER/work} is the kernel's. A stack of any layers is one mount, so
 * merging trees copies nothing.
 *
 * <p>Mount options are limited to one page: layers are named relative to the folder, which takes
 * some hundred of them.
 */
public final class OverlaySnapshotter implements Snapshotter {
  private static final ByteName CONTENT = ByteName.ofText("fs");
  private static final String EMPTY = "empty";

  private final Path root;

  private OverlaySnapshotter(Path root) {
    this.root = root;
  }

  /** Opens or creates the layers below a folder, which must be absolute. */
  public static OverlaySnapshotter open(Path root) throws IOException {
    Files.createDirectories(root.resolve(EMPTY).resolve("fs"));
    return new OverlaySnapshotter(root);
  }

  @Override
  public String name() {
    return "overlayfs";
  }

  @Override
  public void create(String layer) throws IOException {
    var folder = Files.createDirectory(root.resolve(layer));
    Files.createDirectory(folder.resolve("work"));
    try (var dir = Dir.open(folder)) {
      dir.makeDir(CONTENT, 0755);
      dir.chmod(CONTENT, 0755);
    }
  }

  @Override
  public Path content(String layer) {
    return root.resolve(layer).resolve("fs");
  }

  @Override
  public void mount(List<String> lower, Optional<String> upper, Path target)
      throws IOException, InterruptedException {
    var below = withoutHidden(lower);
    if (upper.isPresent() && below.isEmpty()) {
      bind(upper.get(), target);
      return;
    }
    if (upper.isEmpty() && below.size() < 2) {
      // Overlayfs wants two; the empty one also hides whiteouts of the lowest layer.
      below.addFirst(EMPTY);
    }
    var options = new StringBuilder("lowerdir=");
    for (int i = below.size() - 1; i >= 0; i--) {
      options.append(below.get(i)).append("/fs").append(i > 0 ? ":" : "");
    }
    upper.ifPresent(
        layer -> options.append(",upperdir=%s/fs,workdir=%s/work".formatted(layer, layer)));
    options.append(",index=off,redirect_dir=off,metacopy=off,xino=off");
    Mounts.mountIn(
        root.toString(), ByteName.ofText("overlay"), name(target), "overlay", options.toString());
  }

  private static ByteName name(Path path) {
    return ByteName.ofText(path.toString());
  }

  /** A layer that comes again further up is hidden below, and overlayfs takes each only once. */
  private static List<String> withoutHidden(List<String> layers) {
    var kept = new LinkedHashSet<String>();
    layers.reversed().forEach(kept::add);
    return new ArrayList<>(new ArrayList<>(kept).reversed());
  }

  private void bind(String layer, Path target) throws IOException {
    Mounts.mount(name(content(layer)), name(target), "none", EnumSet.of(MountFlag.BIND), "");
  }

  @Override
  public void unmount(Path target) throws IOException {
    Mounts.detach(name(target));
  }

  @Override
  public long usage(String layer) throws IOException {
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

  @Override
  public void remove(String layer) throws IOException {
    try (var dir = Dir.open(root)) {
      dir.removeTree(ByteName.ofText(layer));
    }
  }

  @Override
  public void sweep(Set<String> keep) throws IOException {
    for (var mount : MountEntry.under(name(root))) {
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
