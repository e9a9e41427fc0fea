package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
  private final RefRecords records = new RefRecords();
  private final RefUsage usage;
  private final RefRemoval removal;
  private final TreeMounts trees;
  private final TreeWrites writes;

  private RefStore(
      LayerMounts mounts,
      Snapshotter snapshotter,
      LayerUnpacker unpacker,
      RefTable table,
      Checkpoints checkpoints,
      SpaceBudget budget,
      Clock clock) {
    this.mounts = mounts;
    this.snapshotter = snapshotter;
    this.table = table;
    this.clock = clock;
    this.usage = new RefUsage(this, records, table, snapshotter, unpacker);
    this.removal = new RefRemoval(this, records, table, snapshotter, unpacker);
    this.writes = new TreeWrites(this, table, usage, removal, checkpoints, budget);
    this.lazyLayers = new LazyLayers(this, writes, unpacker);
    this.trees = new TreeMounts(this, mounts, lazyLayers);
  }

  /** As below, without a limit to what is kept. */
  public static RefStore open(
      Path root, Snapshotter snapshotter, LayerUnpacker unpacker, Database database, Clock clock)
      throws IOException {
    var books = Checkpoints.open(database, () -> {});
    return open(root, snapshotter, unpacker, database, books, SpaceBudget.unlimited(), clock);
  }

  /**
   * Opens the store below an absolute folder; the snapshotter and database stay the caller's.
   *
   * @param checkpoints say which trees can be relied on
   * @param budget counts all trees from now on, and removes some of them to make room
   */
  public static RefStore open(
      Path root,
      Snapshotter snapshotter,
      LayerUnpacker unpacker,
      Database database,
      Checkpoints checkpoints,
      SpaceBudget budget,
      Clock clock)
      throws IOException {
    var mounts = LayerMounts.open(root.resolve("mounts"), snapshotter);
    var store =
        new RefStore(
            mounts, snapshotter, unpacker, new RefTable(database), checkpoints, budget, clock);
    store.load(checkpoints);
    if (budget.isLimited()) {
      var _ = store.usage();
      budget.addStock(store.records::bytes);
      budget.evictWith(new SpaceEviction(store));
    }
    return store;
  }

  private synchronized void load(Checkpoints checkpoints) throws IOException {
    var found = table.load();
    RefLoading.sound(found, record -> checkpoints.isTrusted(record.stamp) && hasFiles(record.id))
        .forEach(records::add);
    for (var record : found) {
      if (!records.contains(record.id)) {
        table.remove(record);
      }
    }
    table.flush();
    snapshotter.sweep(records.ids());
  }

  private boolean hasFiles(String layer) {
    return Files.isDirectory(snapshotter.content(layer));
  }

  public Snapshotter snapshotter() {
    return snapshotter;
  }

  Optional<Path> notes(RefRecord record) {
    return record.ownsLayer ? Optional.of(snapshotter.folder(record.id)) : Optional.empty();
  }

  synchronized List<Lineage> lineage(RefRecord record) {
    return records.line(record).stream().map(this::lineageOf).toList();
  }

  private Lineage lineageOf(RefRecord record) {
    boolean transferred = record.values.containsKey(Ref.TRANSFERRED);
    var layer = Optional.of(record.id).filter(_ -> record.ownsLayer).map(snapshotter::content);
    return new Lineage(record.contentId(), transferred, notes(record), layer);
  }

  /** What counts all that the store keeps. */
  public SpaceBudget budget() {
    return writes.budget();
  }

  /**
   * A new writable tree on top of another or of nothing. The parent's handle stays the caller's.
   */
  public MutableRef create(Optional<Ref> parent, RefOptions options) throws IOException {
    var id = RandomId.next();
    snapshotter.create(id);
    synchronized (this) {
      var record = RefRecord.layer(id, parent, options, clock.instant());
      var ref = writes.begin(record);
      records.add(record);
      table.save(record);
      return ref;
    }
  }

  /**
   * A handle on an immutable tree, or empty if there is none of that id. A tree that lost files is
   * none.
   */
  public Optional<Ref> get(String id) {
    return open(id, record -> !record.isMutable);
  }

  /** As {@link #get}, for layers too that were not fetched yet. */
  public Optional<Ref> pulled(String id) {
    return open(id, record -> !record.isMutable || record.lazy != null);
  }

  private Optional<Ref> open(String id, Predicate<RefRecord> isOpen) {
    Ref ref;
    synchronized (this) {
      var record = records.find(id);
      if (record == null || !isOpen.test(record)) {
        return Optional.empty();
      }
      ref = retain(record);
    }
    if (ref.layers().stream().allMatch(this::hasFiles)) {
      return Optional.of(ref);
    }
    ref.close();
    try {
      var _ = remove(id);
    } catch (IOException _) {
      // Its row is gone or goes at the next start; the tree is absent either way.
    }
    return Optional.empty();
  }

  /**
   * The writable handle on a retained tree, or empty if it is gone, in use, or has something on top
   * of it.
   */
  public synchronized Optional<MutableRef> reopen(String id) {
    var record = records.find(id);
    if (record == null || !record.isRetained || record.handles > 0 || records.hasChildren(record)) {
      return Optional.empty();
    }
    var ref = writes.begin(record);
    record.reopen();
    // Blobs made of the old content are no longer its blobs.
    records.removeValues(record, RefTable.DERIVED).forEach(name -> table.removeValue(record, name));
    records.setSize(record, -1);
    table.save(record);
    return Optional.of(ref);
  }

  /** Lets a retained tree go: at once, or when the handle on it is closed. */
  public void unretain(String id) throws IOException {
    Optional<RefRemoval.Forgotten> forgotten;
    synchronized (this) {
      var record = records.find(id);
      if (record == null || !record.isRetained) {
        return;
      }
      record.isRetained = false;
      table.save(record);
      forgotten = removal.forgetUnused(record);
    }
    if (forgotten.isPresent()) {
      removal.erase(forgotten.get());
    }
  }

  /** Ids of the trees that keep this value under this name, in the order in which they got it. */
  public synchronized List<String> lookup(String name, String value) {
    return records.lookup(name, value);
  }

  /**
   * The given trees one on top of the other, later ones winning. Handles stay the caller's.
   *
   * @param onFirstMount told when somebody first needs the result as files, unless all handles were
   *     closed before
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

  /** Some layers of a tree as a tree of their own. The handle stays the caller's. */
  public Ref stack(List<Ref> parents, List<String> layers, RefOptions options) throws IOException {
    Ref ref;
    synchronized (this) {
      var ids = parents.stream().map(Ref::id).toList();
      var record = new RefRecord(RandomId.next(), ids, layers, false, options, clock.instant());
      record.size = 0;
      records.add(record);
      table.save(record);
      ref = retain(record);
    }
    try {
      table.flush();
    } catch (IOException e) {
      ref.close();
      throw e;
    }
    return ref;
  }

  /** A layer on top of a tree, or of nothing, whose content comes when it is needed. */
  public Ref layer(Optional<Ref> parent, LazyLayer lazy, RefOptions options) throws IOException {
    var id = RandomId.next();
    snapshotter.create(id);
    synchronized (this) {
      // Incomplete until unpacked: a start before that drops it.
      var record = RefRecord.layer(id, parent, options, clock.instant());
      record.lazy = lazy;
      records.add(record);
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
    if (record.handles == 0) {
      // Whoever wanted to be told holds a handle.
      record.onFirstMount = null;
      record.lastUsedAt = clock.instant();
      record.usageCount++;
      table.save(record);
    }
  }

  /** Digests of all blobs that layers have. */
  public synchronized Set<Digest> blobs() {
    return records.blobs();
  }

  MountedTree mount(RefRecord record, Optional<String> writable)
      throws IOException, InterruptedException {
    return trees.mount(record, writable);
  }

  /** The tree that a layer was made on, read-only; nothing if it was made on nothing. */
  public Optional<MountedTree> mountBelow(String layer) throws IOException, InterruptedException {
    var record = find(layer);
    if (record == null || record.layers.size() < 2) {
      return Optional.empty();
    }
    return Optional.of(trees.mountBelow(record));
  }

  /** What a layer is described as, and when it was made. */
  public Optional<LayerOrigin> origin(String layer) {
    var record = find(layer);
    return record == null
        ? Optional.empty()
        : Optional.of(new LayerOrigin(record.description, record.createdAt));
  }

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
    return trees.view(layers);
  }

  synchronized @Nullable RefRecord find(String id) {
    return records.find(id);
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
    records.put(record, name, value);
    table.saveValue(record, name, value);
  }

  synchronized Map<String, String> values(RefRecord record) {
    return new LinkedHashMap<>(record.values);
  }

  /** Forgets a value, so that {@link #lookup} no longer finds the tree by it. */
  public synchronized void removeValue(String id, String name) {
    var record = records.find(id);
    if (record != null && records.removeValue(record, name)) {
      table.removeValue(record, name);
    }
  }

  /** All records as users see them, in order of creation. */
  @Override
  public List<UsageRecord> usage() throws IOException {
    return usage.all();
  }

  /**
   * Removes a record that nothing uses and nothing is made of.
   *
   * @return whether it is gone
   */
  @Override
  public boolean remove(String id) throws IOException {
    Optional<RefRemoval.Forgotten> forgotten;
    synchronized (this) {
      var record = records.find(id);
      if (record == null) {
        return true;
      }
      forgotten = removal.forgetUnused(record);
    }
    if (forgotten.isPresent()) {
      removal.erase(forgotten.get());
    }
    return forgotten.isPresent();
  }

  @Override
  public long freeSpace() throws IOException {
    return mounts.freeSpace();
  }

  /** Ids of layers and records that exist: what no row of another table may outlive. */
  public synchronized Set<String> ids() {
    return records.ids();
  }
}
