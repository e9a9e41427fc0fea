package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.Shared;
import org.jbuildkit.linux.Dir;

/**
 * Stands in for the lower part of stacks that are too high to mount: one folder that shows what
 * those layers show together. Made when needed, kept for the next stack with the same lower part,
 * and dropped when unused for long or when one of its layers goes. None outlives the process.
 */
final class FlattenedLayers {
  private static final int MAX_IDLE = 8;
  private static final String PREFIX = "flat-";

  private final Path root;
  // Least recently used first. Guarded by this, as the counts are.
  private final LinkedHashMap<List<String>, Flat> flats = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Path, Flat> mounted = new HashMap<>();

  private static final class Flat {
    final List<String> layers;
    final String name = PREFIX + RandomId.next();
    final Shared<String> made;
    int users;
    boolean isStale;

    Flat(List<String> layers, FlattenedLayers home) {
      this.layers = layers;
      this.made = new Shared<>("flat layers " + name, () -> home.make(this));
    }
  }

  FlattenedLayers(Path root) {
    this.root = root;
  }

  /**
   * The name of the folder that shows these layers, for a mount at {@code target}.
   *
   * @param layers lowest first
   */
  String use(List<String> layers, Path target) throws InterruptedException {
    Flat flat;
    synchronized (this) {
      flat = flats.computeIfAbsent(layers, key -> new Flat(key, this));
      flat.users++;
      mounted.put(target, flat);
    }
    try {
      return flat.made.await();
    } catch (InterruptedException | RuntimeException e) {
      abandon(flat, target);
      throw e;
    }
  }

  /** A failure is not kept: the next stack tries anew. */
  private synchronized void abandon(Flat flat, Path target) {
    mounted.remove(target);
    flat.users--;
    if (flat.users == 0 && flat.made.peek().isEmpty()) {
      flats.remove(flat.layers, flat);
    }
  }

  /** The mount at {@code target} is no more, if it used any of these. */
  void release(Path target) throws IOException {
    var unneeded = new ArrayList<Flat>();
    synchronized (this) {
      var flat = mounted.remove(target);
      if (flat == null) {
        return;
      }
      flat.users--;
      var idle = flats.values().stream().filter(one -> one.users == 0).toList();
      unneeded.addAll(idle.subList(0, Math.max(0, idle.size() - MAX_IDLE)));
      unneeded.forEach(one -> flats.remove(one.layers));
      if (flat.isStale && flat.users == 0) {
        unneeded.add(flat);
      }
    }
    for (var flat : unneeded) {
      remove(flat);
    }
  }

  /** A layer goes: what shows it goes too, as soon as no mount uses it. */
  void forget(String layer) throws IOException {
    var unneeded = new ArrayList<Flat>();
    synchronized (this) {
      var affected = flats.values().stream().filter(flat -> flat.layers.contains(layer)).toList();
      for (var flat : affected) {
        flats.remove(flat.layers);
        flat.isStale = true;
        if (flat.users == 0) {
          unneeded.add(flat);
        }
      }
    }
    for (var flat : unneeded) {
      remove(flat);
    }
  }

  private String make(Flat flat) throws IOException {
    var folder = Files.createDirectory(root.resolve(flat.name));
    Files.createDirectory(folder.resolve("fs"));
    try (var target = Dir.open(folder.resolve("fs"))) {
      for (var layer : flat.layers) {
        try (var from = Dir.open(root.resolve(layer).resolve("fs"))) {
          LayerFold.apply(from, target);
        }
      }
      return flat.name;
    } catch (IOException | RuntimeException e) {
      remove(flat);
      throw e;
    }
  }

  private void remove(Flat flat) throws IOException {
    try (var dir = Dir.open(root)) {
      dir.removeTree(ByteName.ofText(flat.name));
    }
  }
}
