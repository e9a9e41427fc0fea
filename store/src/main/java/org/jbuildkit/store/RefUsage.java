package org.jbuildkit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;

/** Tells what trees take on disk. Layers are measured once, when they no longer change. */
final class RefUsage {
  private final Object lock;
  private final RefRecords records;
  private final RefTable table;
  private final Snapshotter snapshotter;
  private final LayerUnpacker blobs;

  /**
   * @param lock guards the records
   * @param blobs tells which blobs are stored
   */
  RefUsage(
      Object lock,
      RefRecords records,
      RefTable table,
      Snapshotter snapshotter,
      LayerUnpacker blobs) {
    this.lock = lock;
    this.records = records;
    this.table = table;
    this.snapshotter = snapshotter;
    this.blobs = blobs;
  }

  /** All records as users see them, in order of creation. */
  List<UsageRecord> all() throws IOException {
    measure(record -> record.size < 0);
    synchronized (lock) {
      var inUse = records.inUse();
      var usage = new ArrayList<UsageRecord>();
      for (var record : records.all()) {
        usage.add(usage(record, inUse.contains(record.id)));
      }
      return usage;
    }
  }

  private UsageRecord usage(RefRecord record, boolean inUse) throws IOException {
    boolean isMutable = record.lazy == null && isMutable(record);
    long size = record.isLocked && inUse ? 0 : Math.max(record.size, 0) + blobSize(record);
    return new UsageRecord(
        record.id,
        isMutable,
        inUse,
        size,
        record.parents,
        record.createdAt,
        Optional.ofNullable(record.lastUsedAt),
        record.usageCount,
        record.description,
        record.type);
  }

  /** What may still be written to, and what nothing was made of yet: neither a tree nor a blob. */
  private boolean isMutable(RefRecord record) {
    boolean isFinal =
        !record.ownsLayer
            || record.values.containsKey(RefTable.BLOB)
            || records.hasChildren(record);
    return record.isMutable || record.isRetained || !isFinal;
  }

  /** Bytes of the blobs, in all their forms, that are stored. */
  private long blobSize(RefRecord record) throws IOException {
    long size = 0;
    for (var value : record.values.entrySet()) {
      if (value.getKey().startsWith(RefTable.BLOB)) {
        var digest = Digest.parse(((Json.Obj) Json.parse(value.getValue())).text("digest"));
        size += blobs.storedSize(digest);
      }
    }
    return size;
  }

  private void measure(Predicate<RefRecord> isWanted) throws IOException {
    var wanted = new ArrayList<RefRecord>();
    synchronized (lock) {
      for (var record : records.all()) {
        if (record.ownsLayer && !record.isLocked && record.lazy == null && isWanted.test(record)) {
          wanted.add(record);
        }
      }
    }
    for (var record : wanted) {
      measure(record);
    }
  }

  /** Measures a layer that nobody writes to. */
  void measure(RefRecord record) throws IOException {
    synchronized (lock) {
      if (!records.contains(record.id)) {
        return;
      }
    }
    long size;
    try {
      size = snapshotter.usage(record.id);
    } catch (IOException e) {
      synchronized (lock) {
        if (records.contains(record.id)) {
          throw e;
        }
        return; // It was removed meanwhile.
      }
    }
    synchronized (lock) {
      if (records.contains(record.id) && !record.isLocked) {
        records.setSize(record, size);
        table.save(record);
      }
    }
  }
}
