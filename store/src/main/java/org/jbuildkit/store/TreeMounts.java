package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows trees as files, and brings what they lack for it. */
final class TreeMounts {
  private final RefStore store;
  private final LayerMounts mounts;
  private final LazyLayers lazyLayers;
  private final DetachedLayers detached;

  TreeMounts(RefStore store, LayerMounts mounts, LazyLayers lazyLayers) {
    this.store = store;
    this.mounts = mounts;
    this.lazyLayers = lazyLayers;
    this.detached = new DetachedLayers(store);
  }

  MountedTree mount(RefRecord record, Optional<String> writable)
      throws IOException, InterruptedException {
    tellFirstMount(record);
    lazyLayers.unpack(record.layers);
    if (record.isPlain()) {
      return new MountedTree(store.snapshotter().content(record.id), Optional.empty());
    }
    var lower = new ArrayList<>(record.layers);
    writable.ifPresent(lower::remove);
    var names = writable.isPresent() ? detached.mountable(lower) : detached.shown(lower);
    return mounts.mount(names, writable);
  }

  private void tellFirstMount(RefRecord record) {
    var listeners = new ArrayList<Runnable>();
    synchronized (store) {
      var needed = new ArrayList<>(List.of(record));
      if (record.ownsLayer) {
        record.parents.forEach(id -> Optional.ofNullable(store.find(id)).ifPresent(needed::add));
      }
      for (var one : needed) {
        if (one.onFirstMount != null) {
          listeners.add(one.onFirstMount);
          one.onFirstMount = null;
        }
      }
    }
    listeners.forEach(Runnable::run);
  }

  /** What a layer was made on, read-only. */
  MountedTree mountBelow(RefRecord layer) throws IOException, InterruptedException {
    var lower = layer.layers.subList(0, layer.layers.size() - 1);
    lazyLayers.unpack(lower);
    return mounts.mount(detached.mountable(lower), Optional.empty());
  }

  /** A stack of layers to look at, read-only; all of them must be local. */
  MountedTree view(List<String> layers) throws IOException, InterruptedException {
    return mounts.mount(detached.mountable(layers), Optional.empty());
  }
}
