package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.MountFlag;
import org.jbuildkit.linux.Mounts;
import org.jbuildkit.linux.Timestamp;

/**
 * Layers without help of the kernel, where no overlay file system can be mounted: a writable tree
 * is a copy, and what changed in it is found by comparison when its mount ends. A tree that can't
 * be written to holds further names of the layers' files.
 *
 * <p>Layers on disk are the same as overlayfs's: a store can be opened with either.
 */
public final class NativeSnapshotter implements Snapshotter {
  private static final String SCRATCH = "scratch-";
  private static final ByteName TREE = ByteName.ofText("tree");
  private static final ByteName LOWER = ByteName.ofText("lower");
  private static final ByteName CHANGES = ByteName.ofText("changes");
  private static final ByteName COPIED = ByteName.ofText("copied");

  private final LayerFolders layers;
  private final Map<Path, Scratch> mounted = new ConcurrentHashMap<>();

  /** A tree made for one mount. */
  private record Scratch(
      Path folder, List<String> lower, Optional<String> upper, Timestamp copied) {}

  private NativeSnapshotter(LayerFolders layers) {
    this.layers = layers;
  }

  /** Opens or creates the layers below a folder, which must be absolute. */
  public static NativeSnapshotter open(Path root) throws IOException {
    return new NativeSnapshotter(LayerFolders.open(root));
  }

  @Override
  public String name() {
    return "native";
  }

  @Override
  public void create(String layer) throws IOException {
    layers.create(layer);
  }

  @Override
  public Path content(String layer) {
    return layers.content(layer);
  }

  @Override
  public String empty() {
    return layers.empty();
  }

  @Override
  public Path folder(String layer) {
    return layers.folder(layer);
  }

  @Override
  public void mount(List<String> lower, Optional<String> upper, Path target) throws IOException {
    if (upper.isPresent() && lower.isEmpty()) {
      bind(layers.content(upper.get()), target);
      return;
    }
    var folder = Files.createDirectory(layers.root().resolve(SCRATCH + RandomId.next()));
    try (var scratch = Dir.open(folder)) {
      var copied = fill(scratch, lower, upper);
      bind(folder.resolve(TREE.toString()), target);
      if (upper.isEmpty()) {
        Mounts.mount(
            ByteName.ofText("none"),
            name(target),
            "",
            EnumSet.of(MountFlag.BIND, MountFlag.REMOUNT, MountFlag.READ_ONLY),
            "");
      }
      mounted.put(target, new Scratch(folder, List.copyOf(lower), upper, copied));
    } catch (IOException | RuntimeException e) {
      layers.remove(folder.getFileName().toString());
      throw e;
    }
  }

  private Timestamp fill(Dir scratch, List<String> lower, Optional<String> upper)
      throws IOException {
    scratch.makeDir(TREE, 0755);
    try (var tree = scratch.openDir(TREE)) {
      if (upper.isEmpty()) {
        LayerFold.link(layers, lower, tree);
      } else {
        var all = new ArrayList<>(lower);
        all.add(upper.get());
        LayerFold.copy(layers, all, tree);
      }
    }
    // A file's time of change is by the kernel's coarse clock: so is this one.
    scratch.create(COPIED, 0600).close();
    return scratch.stat(COPIED).ctime();
  }

  private static void bind(Path content, Path target) throws IOException {
    Mounts.mount(name(content), name(target), "none", EnumSet.of(MountFlag.BIND), "");
  }

  private static ByteName name(Path path) {
    return ByteName.ofText(path.toString());
  }

  @Override
  public void unmount(Path target) throws IOException {
    Mounts.detach(name(target));
    var scratch = mounted.remove(target);
    if (scratch == null) {
      return;
    }
    try {
      if (scratch.upper().isPresent()) {
        keepChanges(scratch, scratch.upper().get());
      }
    } finally {
      layers.remove(scratch.folder().getFileName().toString());
    }
  }

  private void keepChanges(Scratch mount, String upper) throws IOException {
    try (var scratch = Dir.open(mount.folder());
        var layer = Dir.open(layers.root().resolve(upper))) {
      scratch.makeDir(LOWER, 0755);
      scratch.makeDir(CHANGES, 0755);
      try (var lower = scratch.openDir(LOWER);
          var tree = scratch.openDir(TREE);
          var changes = scratch.openDir(CHANGES)) {
        LayerFold.link(layers, mount.lower(), lower);
        TreeDifference.move(lower, tree, changes, mount.copied());
      }
      layer.removeTree(LayerFolders.CONTENT);
      scratch.rename(CHANGES, layer, LayerFolders.CONTENT);
    }
  }

  @Override
  public long usage(String layer) throws IOException {
    return layers.usage(layer);
  }

  @Override
  public void remove(String layer) throws IOException {
    layers.remove(layer);
  }

  @Override
  public void sweep(Set<String> keep) throws IOException {
    layers.sweep(keep);
  }
}
