package org.jbuildkit.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final LayerFolders layers;
  // Least recently used first. Guarded by this, as the counts are.
  private final LinkedHashMap<List<String>, Flat> flats = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Path, Flat> mounted = new HashMap<>();

  private static final class Flat {
    final List<String> stack;
    final Shared<String> made;
    int users;
    boolean isStale;

    Flat(List<String> stack, FlattenedLayers home) {
      this.stack = stack;
      this.made = new Shared<>("flat layers", () -> home.make(stack), home::discard);
    }
  }

  FlattenedLayers(LayerFolders layers) {
    this.layers = layers;
  }

  /**
   * The name of the layer that shows these layers, for a mount at {@code target}.
   *
   * @param stack lowest first
   */
  String use(List<String> stack, Path target) throws InterruptedException {
    Flat flat;
    synchronized (this) {
      flat = flats.computeIfAbsent(stack, key -> new Flat(key, this));
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
      flats.remove(flat.stack, flat);
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
      unneeded.forEach(one -> flats.remove(one.stack));
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
      var affected = flats.values().stream().filter(flat -> flat.stack.contains(layer)).toList();
      for (var flat : affected) {
        flats.remove(flat.stack);
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

  private String make(List<String> stack) throws IOException {
    // A name of its own each time: one that was given up may still be at work.
    var name = PREFIX + RandomId.next();
    layers.create(name);
    try (var target = Dir.open(layers.content(name))) {
      LayerFold.link(layers, stack, target);
      return name;
    } catch (IOException | RuntimeException e) {
      layers.remove(name);
      throw e;
    }
  }

  /**
   * Made for nobody: all who waited have gone. What can't be removed now goes at the next start.
   */
  private void discard(String name) {
    try {
      layers.remove(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void remove(Flat flat) throws IOException {
    var name = flat.made.peek();
    if (name.isPresent()) {
      layers.remove(name.get());
    }
  }
}
