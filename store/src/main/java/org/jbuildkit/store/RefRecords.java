package org.jbuildkit.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jbuildkit.base.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The records of all trees in memory, with what is asked of them often kept ready: how many trees
 * are made of one, which have a value, which blobs are named. Guarded by the store's lock.
 */
final class RefRecords {
  private static final int LINE = 9;

  /** Bytes of the folders around a layer's content. */
  private static final long FOLDERS = 3 * 4096;

  private final Map<String, RefRecord> records = new LinkedHashMap<>();
  private final Map<String, Integer> children = new HashMap<>();
  private final Map<Named, Set<RefRecord>> byValue = new HashMap<>();
  private final NamedBlobs blobs = new NamedBlobs();
  private final AtomicLong bytes = new AtomicLong();

  private record Named(String name, String value) {}

  void add(RefRecord record) {
    records.put(record.id, record);
    bytes.addAndGet(stored(record));
    Set.copyOf(record.parents).forEach(parent -> children.merge(parent, 1, Integer::sum));
    record.values.forEach((name, value) -> index(record, name, value));
    blobs.count(record);
  }

  /**
   * Forgets a record.
   *
   * @return blobs that nothing names any more
   */
  List<Digest> remove(RefRecord record) {
    records.remove(record.id);
    bytes.addAndGet(-stored(record));
    for (var parent : Set.copyOf(record.parents)) {
      children.computeIfPresent(parent, (_, count) -> count == 1 ? null : count - 1);
    }
    record.values.forEach((name, value) -> unindex(record, name, value));
    return blobs.forget(record);
  }

  /** Bytes of all layers whose size is known; may be asked for without the lock. */
  long bytes() {
    return bytes.get();
  }

  private static long stored(RefRecord record) {
    return Math.max(0, record.size) + (record.ownsLayer ? FOLDERS : 0);
  }

  /** Takes note of a layer's size, or that it changes. */
  void setSize(RefRecord record, long size) {
    long before = stored(record);
    record.size = size;
    bytes.addAndGet(stored(record) - before);
  }

  @Nullable RefRecord find(String id) {
    return records.get(id);
  }

  /** The record and those below it, as far as each is one layer on the next; some of them. */
  List<RefRecord> line(RefRecord top) {
    var line = new ArrayList<>(List.of(top));
    while (line.size() < LINE && line.getLast().ownsLayer && line.getLast().parents.size() == 1) {
      var parent = records.get(line.getLast().parents.getFirst());
      if (parent == null) {
        break;
      }
      line.add(parent);
    }
    return line;
  }

  boolean contains(String id) {
    return records.containsKey(id);
  }

  /** All of them, oldest first; a view. */
  Collection<RefRecord> all() {
    return Collections.unmodifiableCollection(records.values());
  }

  /** Ids of all of them, a copy. */
  Set<String> ids() {
    return new LinkedHashSet<>(records.keySet());
  }

  /** Whether some tree is made of this one. */
  boolean hasChildren(RefRecord record) {
    return children.containsKey(record.id);
  }

  /** Ids of records with a value, in the order in which they got it. */
  List<String> lookup(String name, String value) {
    var found = byValue.getOrDefault(new Named(name, value), Set.of());
    return found.stream().map(record -> record.id).toList();
  }

  void put(RefRecord record, String name, String value) {
    var before = record.values.put(name, value);
    blobs.change(before, value, name);
    if (before != null) {
      unindex(record, name, before);
    }
    index(record, name, value);
  }

  /**
   * Forgets a value.
   *
   * @return whether there was one
   */
  boolean removeValue(RefRecord record, String name) {
    var before = record.values.remove(name);
    if (before == null) {
      return false;
    }
    blobs.change(before, null, name);
    unindex(record, name, before);
    return true;
  }

  /**
   * Forgets the values whose names begin alike.
   *
   * @return the names
   */
  List<String> removeValues(RefRecord record, String prefix) {
    var names = record.values.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    names.forEach(name -> removeValue(record, name));
    return names;
  }

  private void index(RefRecord record, String name, String value) {
    byValue.computeIfAbsent(new Named(name, value), _ -> new LinkedHashSet<>()).add(record);
  }

  private void unindex(RefRecord record, String name, String value) {
    byValue.computeIfPresent(
        new Named(name, value),
        (_, found) -> {
          found.remove(record);
          return found.isEmpty() ? null : found;
        });
  }

  /** Digests of all blobs that records name, a copy. */
  Set<Digest> blobs() {
    return blobs.all();
  }

  boolean isNamed(Digest blob) {
    return blobs.isNamed(blob);
  }

  /** Ids of records with handles and, transitively, of those that these are made of. */
  Set<String> inUse() {
    var used = new HashSet<String>();
    var pending = new ArrayList<RefRecord>();
    for (var record : records.values()) {
      if (record.handles > 0 && used.add(record.id)) {
        pending.add(record);
      }
    }
    while (!pending.isEmpty()) {
      for (var parent : pending.removeLast().parents) {
        var record = records.get(parent);
        if (record != null && used.add(parent)) {
          pending.add(record);
        }
      }
    }
    return used;
  }
}
