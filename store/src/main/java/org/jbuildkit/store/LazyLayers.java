package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.TaskScope;

/** Brings layers that so far are known in name only. */
final class LazyLayers {
  private final RefStore store;
  private final TreeWrites writes;
  private final LayerUnpacker unpacker;

  LazyLayers(RefStore store, TreeWrites writes, LayerUnpacker unpacker) {
    this.writes = writes;
    this.store = store;
    this.unpacker = unpacker;
  }

  /** Fetches what is missing of these layers at once, and unpacks it from the lowest on. */
  void unpack(List<String> layers) throws IOException, InterruptedException {
    var lazy = lazy(layers);
    if (lazy.size() > 1) {
      fetchAll(lazy);
    }
    for (var layer : lazy) {
      unpack(layer);
    }
  }

  /** Fetches what is missing of these layers, and leaves it packed. */
  void fetch(List<String> layers) throws InterruptedException {
    fetchAll(lazy(layers));
  }

  private List<RefRecord> lazy(List<String> layers) {
    var lazy = new ArrayList<RefRecord>();
    for (var id : layers) {
      var layer = store.find(id);
      if (layer != null && layer.lazy != null) {
        lazy.add(layer);
      }
    }
    return lazy;
  }

  private void fetchAll(List<RefRecord> layers) throws InterruptedException {
    try (var scope = TaskScope.open()) {
      for (var layer : layers) {
        scope.fork(() -> {
          synchronized (layer) {
            var lazy = layer.lazy;
            if (lazy != null) {
              unpacker.fetch(lazy);
            }
          }
          return Boolean.TRUE;
        });
      }
      scope.join();
    }
  }

  private void unpack(RefRecord layer) throws IOException, InterruptedException {
    synchronized (layer) {
      var lazy = layer.lazy;
      if (lazy == null) {
        return;
      }
      var content = store.snapshotter().content(layer.id);
      try (var room = writes.room(layer)) {
        unpacker.unpack(lazy, content, layer.layers.size() == 1, room);
        writes.unpacked(layer);
      }
    }
  }
}
