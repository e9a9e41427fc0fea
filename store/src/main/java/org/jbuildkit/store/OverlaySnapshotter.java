package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.MountFlag;
import org.jbuildkit.linux.Mounts;

/**
 * Layers shown by an overlay file system, the kernel's or another program's. A stack of any layers
 * is one mount, so merging trees copies nothing.
 *
 * <p>Of a stack that is higher than can be mounted the lower layers are shown by one folder, see
 * {@link FlattenedLayers}.
 */
public final class OverlaySnapshotter implements Snapshotter {
  private final LayerFolders layers;
  private final StackMount stacks;
  private final FlattenedLayers flattened;
  private final Map<Path, String> written = new ConcurrentHashMap<>();

  OverlaySnapshotter(LayerFolders layers, StackMount stacks) {
    this.layers = layers;
    this.stacks = stacks;
    this.flattened = new FlattenedLayers(layers);
  }

  /** Opens or creates the layers below a folder, which must be absolute, for the kernel. */
  public static OverlaySnapshotter open(Path root) throws IOException {
    return new OverlaySnapshotter(LayerFolders.open(root), KernelOverlay.detect());
  }

  /** As {@link #open}, for Debian's and others' {@code fuse-overlayfs}, which must be installed. */
  public static OverlaySnapshotter openFuse(Path root) throws IOException {
    return new OverlaySnapshotter(LayerFolders.open(root), new FuseOverlay());
  }

  @Override
  public String name() {
    return stacks.name();
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
  public void mount(List<String> lower, Optional<String> upper, Path target)
      throws IOException, InterruptedException {
    var below = withoutHidden(lower);
    if (upper.isPresent() && below.isEmpty()) {
      bind(upper.get(), target);
      return;
    }
    if (upper.isEmpty() && below.isEmpty()) {
      Mounts.bind(name(layers.content(layers.empty())), name(target), false, true);
      return;
    }
    if (upper.isEmpty() && below.size() < 2) {
      // Overlayfs wants two; the empty one also hides whiteouts of the lowest layer.
      below.addFirst(layers.empty());
    }
    try {
      stacks.mount(layers, mountable(below, target), upper, target);
      upper.ifPresent(layer -> written.put(target, layer));
    } catch (IOException | InterruptedException | RuntimeException e) {
      flattened.release(target);
      throw e;
    }
  }

  /**
   * The stack with as many layers as can be mounted. What is flattened grows in large steps: most
   * stacks on top of one that was flattened can use the same.
   */
  private List<String> mountable(List<String> stack, Path target) throws InterruptedException {
    int most = stacks.maxLayers();
    if (stack.size() <= most) {
      return stack;
    }
    int step = most / 2;
    int excess = stack.size() - most + 1;
    int flat = (excess + step - 1) / step * step;
    var mountable = new ArrayList<String>();
    mountable.add(flattened.use(List.copyOf(stack.subList(0, flat)), target));
    mountable.addAll(stack.subList(flat, stack.size()));
    return mountable;
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
    var upper = written.remove(target);
    if (upper != null) {
      stacks.settle(layers.content(upper));
    }
  }

  @Override
  public long usage(String layer) throws IOException {
    return layers.usage(layer);
  }

  @Override
  public void remove(String layer) throws IOException {
    flattened.forget(layer);
    layers.remove(layer);
  }

  @Override
  public void sweep(Set<String> keep) throws IOException {
    layers.sweep(keep);
  }
}
