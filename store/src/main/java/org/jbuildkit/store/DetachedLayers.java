package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.linux.Dir;

/**
 * Finds what to mount for stacks in which layers lie on others than those that they were made on:
 * there a layer is replaced by one of its {@link LayerChanges}, if that is not the same, on top of
 * one of its {@link WhiteoutFolders}, if it has any. Made when first needed; gone with the layer,
 * or at the next start.
 */
final class DetachedLayers {
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
      if (layer == null || isInPlace(layer, stack.subList(0, at + 1))) {
        names.add(stack.get(at));
      } else {
        names.addAll(detached(layer));
      }
    }
    return names;
  }

  /**
   * As {@link #mountable}, for a tree that is looked at: it has its root from the topmost layer.
   */
  List<String> shown(List<String> stack) throws IOException, InterruptedException {
    var names = mountable(stack);
    var top = stack.isEmpty() ? null : store.find(stack.getLast());
    if (top != null && !top.layers.equals(stack)) {
      names.add(store.snapshotter().empty());
    }
    return names;
  }

  private boolean isInPlace(RefRecord layer, List<String> stack) {
    // What was made on nothing hides nothing, unless it is the difference of two trees.
    return layer.layers.size() == 1
        ? store.value(layer, Ref.HAS_WHITEOUTS) == null
        : layer.layers.equals(stack);
  }

  private List<String> detached(RefRecord layer) throws IOException, InterruptedException {
    synchronized (layer) {
      if (layer.detached.isEmpty()) {
        layer.detached = make(layer);
      }
      return layer.detached;
    }
  }

  private List<String> make(RefRecord layer) throws IOException, InterruptedException {
    var changes = changes(layer);
    try (var content = Dir.open(store.snapshotter().content(changes))) {
      var folders = WhiteoutFolders.of(content);
      if (folders.isEmpty()) {
        return List.of(changes);
      }
      var below = layer.id + "-folders";
      fill(below, target -> WhiteoutFolders.make(folders, target));
      return List.of(below, changes);
    }
  }

  private String changes(RefRecord layer) throws IOException, InterruptedException {
    var tree = store.mountBelow(layer.id);
    if (tree.isEmpty()) {
      return layer.id;
    }
    try (var below = tree.get();
        var lower = below.open();
        var content = Dir.open(store.snapshotter().content(layer.id))) {
      if (LayerChanges.isExact(lower, content)) {
        return layer.id;
      }
      var name = layer.id + "-changes";
      fill(name, target -> LayerChanges.write(lower, content, target));
      return name;
    }
  }

  private interface Filling {
    void into(Dir target) throws IOException;
  }

  private void fill(String name, Filling filling) throws IOException {
    var snapshotter = store.snapshotter();
    // There may be one of an earlier try, or of what a reused tree held before.
    snapshotter.remove(name);
    snapshotter.create(name);
    try (var target = Dir.open(snapshotter.content(name))) {
      filling.into(target);
    } catch (IOException | RuntimeException e) {
      snapshotter.remove(name);
      throw e;
    }
  }

  /** The layer is no more, and nothing is made of it. */
  static void remove(RefRecord layer, Snapshotter snapshotter) throws IOException {
    for (var name : layer.detached) {
      if (!name.equals(layer.id)) {
        snapshotter.remove(name);
      }
    }
  }
}
