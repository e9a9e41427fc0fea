package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.linux.Dir;

/**
 * Finds what to mount for stacks in which layers lie on others than those that they were made on:
 * there a layer is replaced by one of its {@link LayerChanges}, if that is not the same. Made when
 * first needed; gone with the layer, or at the next start.
 */
final class DetachedLayers {
  private static final String SUFFIX = "-changes";

  private final RefStore store;

  DetachedLayers(RefStore store) {
    this.store = store;
  }

  /**
   * The names of the layers to mount.
   *
   * @param stack lowest first, all local
   */
  List<String> mountable(List<String> stack) throws IOException, InterruptedException {
    var names = new ArrayList<String>();
    for (int at = 0; at < stack.size(); at++) {
      var layer = store.find(stack.get(at));
      names.add(
          layer == null || isInPlace(layer, stack.subList(0, at + 1))
              ? stack.get(at)
              : detached(layer));
    }
    return names;
  }

  /** What was made on nothing has nothing to hide. */
  private static boolean isInPlace(RefRecord layer, List<String> stack) {
    return layer.layers.size() == 1 || layer.layers.equals(stack);
  }

  private String detached(RefRecord layer) throws IOException, InterruptedException {
    synchronized (layer) {
      var known = layer.detached;
      if (known == null) {
        known = make(layer);
        layer.detached = known;
      }
      return known;
    }
  }

  private String make(RefRecord layer) throws IOException, InterruptedException {
    var snapshotter = store.snapshotter();
    try (var below = store.mountBelow(layer.id).orElseThrow();
        var lower = below.open();
        var content = Dir.open(snapshotter.content(layer.id))) {
      if (LayerChanges.isExact(lower, content)) {
        return layer.id;
      }
      var name = layer.id + SUFFIX;
      // Of an earlier try, or of what a reused tree held before.
      snapshotter.remove(name);
      snapshotter.create(name);
      try (var target = Dir.open(snapshotter.content(name))) {
        LayerChanges.write(lower, content, target);
        return name;
      } catch (IOException | RuntimeException e) {
        snapshotter.remove(name);
        throw e;
      }
    }
  }

  /** The layer is no more, and nothing is made of it. */
  static void remove(RefRecord layer, Snapshotter snapshotter) throws IOException {
    var known = layer.detached;
    if (known != null && !known.equals(layer.id)) {
      snapshotter.remove(known);
    }
  }
}
