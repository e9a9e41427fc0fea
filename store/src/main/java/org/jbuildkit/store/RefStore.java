package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.RandomId;
import org.jspecify.annotations.Nullable;

/**
 * Trees as chains of layers, with durable records. A writable tree is made on top of another (or of
 * nothing), filled, and committed; merging and stacking make new chains of the same layers and copy
 * nothing.
 *
 * <p>At start, writable trees that nobody retained are dropped with their layers: they belong to
 * steps that did not complete.
 *
 * <p>Lock order: the store's lock guards the records; files are touched outside of it, except to
 * remove layers, which then nobody can reach any more.
 */
public final class RefStore implements Pruner.Records {
  private final LayerMounts mounts;
  private final Snapshotter snapshotter;
  private final LazyLayers lazyLayers;
  private final RefTable table;
  private final Clock clock;
  private final Map<String, RefRecord> records = new LinkedHashMap<>();
  private final NamedBlobs blobs = new NamedBlobs();

  private RefStore(
      LayerMounts mounts,
      Snapshotter snapshotter,
      LayerUnpacker unpacker,
      RefTable table,
      Clock clock) {
    this.mounts = mounts;
    this.snapshotter = snapshotter;
    this.lazyLayers = new LazyLayers(this, unpacker);
    this.table = table;
    this.clock = clock;
  }

  /** Opens the store below an absolute folder; the snapshotter and database stay the caller's. */
  public static RefStore open(
      Path root, Snapshotter snapshotter, LayerUnpacker unpacker, Database database, Clock clock)
      throws IOException {
    var mounts = LayerMounts.open(root.resolve("mounts"), snapshotter);
    var store = new RefStore(mounts, snapshotter, unpacker, new RefTable(database), clock);
    store.load();
    return store;
  }

  private synchronized void load() throws IOException {
    for (var record : table.load()) {
      records.put(record.id, record);
    }
    for (var record : List.copyOf(records.values())) {
      boolean unfinished = record.isMutable && !record.isRetained;
      boolean broken = !records.keySet().containsAll(record.layers);
      if (unfinished || broken) {
        records.remove(record.id);
        table.remove(record.id);
      }
    }
    table.flush();
    records.values().forEach(blobs::count);
    snapshotter.sweep(records.keySet());
  }

  public Snapshotter snapshotter() {
    return snapshotter;
  }

  /**
   * A new writable tree on top of another or of nothing. The parent's handle stays the caller's.
   */
  public MutableRef create(Optional<Ref> parent, RefOptions options) throws IOException {
    var id = RandomId.next();
    snapshotter.create(id);
    synchronized (this) {
      var parents = parent.map(ref -> List.of(ref.id())).orElse(List.of());
      var layers = parent.map(Ref::layers).orElse(List.of());
      var record = new RefRecord(id, parents, layers, true, options, clock.instant());
      record.isMutable = true;
      record.isLocked = true;
      record.handles = 1;
      records.put(id, record);
      table.save(record);
      return new MutableRef(this, record);
    }
  }

  /** A handle on an immutable tree, or empty if there is none of that id. */
  public synchronized Optional<Ref> get(String id) {
    var record = records.get(id);
    if (record == null || record.isMutable) {
      return Optional.empty();
    }
    used(record);
    return Optional.of(retain(record));
  }

  /** As {@link #get}, for layers too that were not fetched yet. */
  public synchronized Optional<Ref> pulled(String id) {
    var record = records.get(id);
    return record == null || (record.isMutable && record.lazy == null)
        ? Optional.empty()
        : Optional.of(retain(record));
  }

  private void used(RefRecord record) {
    record.lastUsedAt = clock.instant();
    record.usageCount++;
    table.save(record);
  }

  /**
   * The writable handle on a retained tree, or empty if it is gone, in use, or has something on top
   * of it.
   */
  public synchronized Optional<MutableRef> reopen(String id) {
    var record = records.get(id);
    if (record == null || !record.isRetained || record.handles > 0 || hasChildren(record)) {
      return Optional.empty();
    }
    record.isMutable = true;
    record.isLocked = true;
    record.handles = 1;
    record.generation++;
    dropDerived(record);
    record.size = -1;
    used(record);
    return Optional.of(new MutableRef(this, record));
  }

  /** Lets a retained tree go: at once, or when the handle on it is closed. */
  public synchronized void unretain(String id) throws IOException {
    var record = records.get(id);
    if (record == null || !record.isRetained) {
      return;
    }
    record.isRetained = false;
    table.save(record);
    if (record.handles == 0 && !hasChildren(record)) {
      remove(record);
    }
  }

  /** Blobs made of the old content are no longer its blobs. */
  private void dropDerived(RefRecord record) {
    for (var name : List.copyOf(record.values.keySet())) {
      if (name.startsWith("layer.")) {
        blobs.change(record.values.remove(name), null, name);
        table.removeValue(record.id, name);
      }
    }
  }

  private boolean hasChildren(RefRecord record) {
    return records.values().stream()
        .anyMatch(other ->
            other != record
                && (other.layers.contains(record.id) || other.parents.contains(record.id)));
  }

  /** Ids of the trees that keep this value under this name, oldest first. */
  public synchronized List<String> lookup(String name, String value) {
    return records.values().stream()
        .filter(record -> value.equals(record.values.get(name)))
        .map(record -> record.id)
        .toList();
  }

  /**
   * The given trees one on top of the other, later ones winning. Handles stay the caller's.
   *
   * @param onFirstMount told when somebody first needs the result as files
   */
  public Ref merge(List<Ref> refs, RefOptions options, Runnable onFirstMount) throws IOException {
    var layers = new ArrayList<String>();
    refs.forEach(ref -> layers.addAll(ref.layers()));
    var merged = stack(refs, layers, options);
    synchronized (this) {
      merged.record().onFirstMount = onFirstMount;
    }
    return merged;
  }

  private void tellFirstMount(RefRecord record) {
    var listeners = new ArrayList<Runnable>();
    synchronized (this) {
      var needed = new ArrayList<>(List.of(record));
      if (record.ownsLayer) {
        record.parents.forEach(id -> Optional.ofNullable(records.get(id)).ifPresent(needed::add));
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

  /** Some layers of a tree as a tree of their own. The handle stays the caller's. */
  public Ref stack(List<Ref> parents, List<String> layers, RefOptions options) throws IOException {
    Ref ref;
    synchronized (this) {
      var ids = parents.stream().map(Ref::id).toList();
      var record = new RefRecord(RandomId.next(), ids, layers, false, options, clock.instant());
      record.size = 0;
      records.put(record.id, record);
      table.save(record);
      ref = retain(record);
    }
    table.flush();
    return ref;
  }

  /** A layer on top of a tree, or of nothing, whose content comes when it is needed. */
  public Ref layer(Optional<Ref> parent, LazyLayer lazy, RefOptions options) throws IOException {
    var id = RandomId.next();
    snapshotter.create(id);
    synchronized (this) {
      var parents = parent.map(ref -> List.of(ref.id())).orElse(List.of());
      var layers = parent.map(Ref::layers).orElse(List.of());
      var record = new RefRecord(id, parents, layers, true, options, clock.instant());
      // Incomplete until unpacked: a start before that drops it.
      record.isMutable = true;
      record.lazy = lazy;
      records.put(id, record);
      table.save(record);
      put(record, RefTable.DIFF_ID, lazy.diffId().toString());
      put(record, RefTable.BLOB, lazy.descriptor().toJson().write());
      return retain(record);
    }
  }

  synchronized Ref retain(RefRecord record) {
    record.handles++;
    return new Ref(this, record);
  }

  synchronized void release(RefRecord record) {
    record.handles--;
  }

  Ref commit(RefRecord record) throws IOException {
    Ref ref;
    synchronized (this) {
      record.isMutable = false;
      record.isLocked = false;
      table.save(record);
      ref = new Ref(this, record);
    }
    table.flush();
    return ref;
  }

  synchronized void abandon(RefRecord record) {
    record.handles--;
    record.isLocked = false;
    if (record.isRetained) {
      table.save(record);
      return;
    }
    try {
      remove(record);
    } catch (IOException e) {
      throw new IllegalStateException("can't remove the tree " + record.id, e);
    }
  }

  /** Rows first: a layer that no row names is swept at the next start. */
  private void remove(RefRecord record) throws IOException {
    records.remove(record.id);
    table.remove(record.id);
    if (record.ownsLayer) {
      snapshotter.remove(record.id);
    }
    for (var blob : blobs.forget(record)) {
      lazyLayers.drop(blob);
    }
  }

  /** Digests of all blobs that layers have. */
  public synchronized Set<Digest> blobs() {
    return blobs.all();
  }

  MountedTree mount(RefRecord record, Optional<String> writable)
      throws IOException, InterruptedException {
    tellFirstMount(record);
    lazyLayers.unpack(record.layers);
    if (record.isPlain()) {
      return new MountedTree(snapshotter.content(record.id), Optional.empty());
    }
    var lower = new ArrayList<>(record.layers);
    writable.ifPresent(lower::remove);
    return mounts.mount(lower, writable);
  }

  /** The tree that a layer was made on, read-only; nothing if it was made on nothing. */
  public Optional<MountedTree> mountBelow(String layer) throws IOException, InterruptedException {
    var record = find(layer);
    if (record == null || record.layers.size() < 2) {
      return Optional.empty();
    }
    var lower = record.layers.subList(0, record.layers.size() - 1);
    lazyLayers.unpack(lower);
    return Optional.of(mounts.mount(lower, Optional.empty()));
  }

  /** What a layer is described as, and when it was made. */
  public Optional<LayerOrigin> origin(String layer) {
    var record = find(layer);
    return record == null
        ? Optional.empty()
        : Optional.of(new LayerOrigin(record.description, record.createdAt));
  }

  /**
   * @param description as users see it
   */
  public record LayerOrigin(String description, java.time.Instant createdAt) {}

  /** Fetches what a tree lacks, and unpacks it. */
  void unlazy(RefRecord record) throws IOException, InterruptedException {
    lazyLayers.unpack(record.layers);
  }

  /** Fetches the blobs of layers that are not local yet, and leaves them packed. */
  void fetch(Ref ref) throws InterruptedException {
    lazyLayers.fetch(ref.layers());
  }

  /** A stack of layers to look at, read-only; all of them must be local. */
  MountedTree view(List<String> layers) throws IOException, InterruptedException {
    return mounts.mount(layers, Optional.empty());
  }

  synchronized @Nullable RefRecord find(String id) {
    return records.get(id);
  }

  /** A layer's files are there now. */
  void unpacked(RefRecord layer) throws IOException {
    synchronized (this) {
      layer.lazy = null;
      layer.isMutable = false;
      table.save(layer);
    }
    table.flush();
  }

  /** The value of a layer's record, for instance its diff id; null if there is none. */
  public @Nullable String layerValue(String layer, String name) {
    var record = find(layer);
    return record == null ? null : value(record, name);
  }

  /** Keeps a value with a layer's record. */
  public void putLayerValue(String layer, String name, String value) {
    var record = find(layer);
    if (record != null) {
      put(record, name, value);
    }
  }

  /** The descriptor of a layer that has not been fetched, or empty if it is local. */
  public Optional<LazyLayer> lazyLayer(String layer) {
    var record = find(layer);
    return record == null ? Optional.empty() : Optional.ofNullable(record.lazy);
  }

  synchronized @Nullable String value(RefRecord record, String name) {
    return record.values.get(name);
  }

  synchronized void put(RefRecord record, String name, String value) {
    blobs.change(record.values.put(name, value), value, name);
    table.saveValue(record.id, name, value);
  }

  synchronized Map<String, String> values(RefRecord record) {
    return new LinkedHashMap<>(record.values);
  }

  /** Forgets a value, so that {@link #lookup} no longer finds the tree by it. */
  public synchronized void removeValue(String id, String name) {
    var record = records.get(id);
    if (record != null && record.values.remove(name) != null) {
      table.removeValue(id, name);
    }
  }

  /** All records as users see them, in order of creation. */
  @Override
  public List<UsageRecord> usage() throws IOException {
    measure();
    synchronized (this) {
      var inUse = inUse();
      return records.values().stream()
          .map(record -> usage(record, inUse.contains(record.id)))
          .toList();
    }
  }

  private static UsageRecord usage(RefRecord record, boolean inUse) {
    return new UsageRecord(
        record.id,
        record.isMutable && record.lazy == null,
        inUse,
        Math.max(record.size, 0),
        record.parents,
        record.createdAt,
        Optional.ofNullable(record.lastUsedAt),
        record.usageCount,
        record.description,
        record.type);
  }

  /** Records with handles, and all that these are made of. */
  private Set<String> inUse() {
    var used = new HashSet<String>();
    for (var record : records.values()) {
      if (record.handles > 0) {
        used.add(record.id);
        used.addAll(record.layers);
        used.addAll(record.parents);
      }
    }
    return used;
  }

  private void measure() throws IOException {
    var unknown = new ArrayList<RefRecord>();
    synchronized (this) {
      for (var record : records.values()) {
        if (record.size < 0 && record.ownsLayer && !record.isLocked && record.lazy == null) {
          unknown.add(record);
        }
      }
    }
    for (var record : unknown) {
      long size = snapshotter.usage(record.id);
      synchronized (this) {
        if (records.containsKey(record.id)) {
          record.size = size;
          table.save(record);
        }
      }
    }
  }

  /**
   * Removes a record that nothing uses and nothing is made of.
   *
   * @return whether it is gone
   */
  @Override
  public boolean remove(String id) throws IOException {
    synchronized (this) {
      var record = records.get(id);
      if (record == null) {
        return true;
      }
      if (record.handles > 0 || hasChildren(record)) {
        return false;
      }
      remove(record);
    }
    table.flush();
    return true;
  }

  @Override
  public long freeSpace() throws IOException {
    return mounts.freeSpace();
  }

  /** Ids of layers and records that exist: what no row of another table may outlive. */
  public synchronized Set<String> ids() {
    return new LinkedHashSet<>(records.keySet());
  }
}
