package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
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
import org.jbuildkit.linux.OverlayMount;

/**
 * Layers as overlayfs directories: {@code LAYER/fs} holds the content with whiteouts as 0/0
 * character devices, {@code LAYER/work} is the kernel's. A stack of any layers is one mount, so
 * merging trees copies nothing.
 *
 * <p>The kernel takes some hundred layers in a mount, and takes them by name in a page of options
 * or, later kernels, one by one. Of a stack that is higher the lower layers are shown by one
 * folder, see {@link FlattenedLayers}.
 */
public final class OverlaySnapshotter implements Snapshotter {
  private static final ByteName CONTENT = ByteName.ofText("fs");
  private static final String EMPTY = "empty";
  private static final String FLAGS = "index=off,redirect_dir=off,metacopy=off,xino=off";

  /** Bytes of options that a mount takes for sure, and how many names of layers fit in them. */
  private static final int PAGE = 4000;

  private static final int LAYERS_IN_PAGE = 120;

  private final Path root;
  private final FlattenedLayers flattened;
  private final int maxLayers;

  OverlaySnapshotter(Path root, int maxLayers) {
    this.root = root;
    this.maxLayers = maxLayers;
    this.flattened = new FlattenedLayers(root);
  }

  /** Opens or creates the layers below a folder, which must be absolute. */
  public static OverlaySnapshotter open(Path root) throws IOException {
    Files.createDirectories(root.resolve(EMPTY).resolve("fs"));
    boolean oneByOne = OverlayMount.isSupported();
    return new OverlaySnapshotter(root, oneByOne ? OverlayMount.MAX_LAYERS : LAYERS_IN_PAGE);
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
    try {
      mountStack(mountable(below, target), upper, target);
    } catch (IOException | InterruptedException | RuntimeException e) {
      flattened.release(target);
      throw e;
    }
  }

  /**
   * The stack with as many layers as can be mounted. What is flattened grows in large steps: most
   * stacks on top of one that was flattened can use the same.
   */
  private List<String> mountable(List<String> layers, Path target) throws InterruptedException {
    if (layers.size() <= maxLayers) {
      return layers;
    }
    int step = maxLayers / 2;
    int excess = layers.size() - maxLayers + 1;
    int flat = (excess + step - 1) / step * step;
    var stack = new ArrayList<String>();
    stack.add(flattened.use(List.copyOf(layers.subList(0, flat)), target));
    stack.addAll(layers.subList(flat, layers.size()));
    return stack;
  }

  private void mountStack(List<String> layers, Optional<String> upper, Path target)
      throws IOException, InterruptedException {
    var lower = layers.reversed().stream().map(layer -> layer + "/fs").toList();
    var over = upper.map(layer -> new OverlayMount.Upper(layer + "/fs", layer + "/work"));
    var data =
        "lowerdir="
            + String.join(":", lower)
            + over.map(to -> ",upperdir=" + to.content() + ",workdir=" + to.work()).orElse("")
            + ","
            + FLAGS;
    if (data.length() <= PAGE) {
      Mounts.mountIn(root.toString(), ByteName.ofText("overlay"), name(target), "overlay", data);
      return;
    }
    var options = new LinkedHashMap<String, String>();
    for (var flag : FLAGS.split(",", -1)) {
      int equals = flag.indexOf('=');
      options.put(flag.substring(0, equals), flag.substring(equals + 1));
    }
    new OverlayMount(lower, over, options).mountIn(root.toString(), name(target));
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
    flattened.release(target);
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
    flattened.forget(layer);
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
