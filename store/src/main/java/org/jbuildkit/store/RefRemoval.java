package org.jbuildkit.store;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Digest;

/**
 * Removes records, then the files that only they named. Files go when the rows are gone for good: a
 * crash leaves files without rows, which the next start sweeps, and never rows without files.
 */
final class RefRemoval {
  private final Object lock;
  private final RefRecords records;
  private final RefTable table;
  private final Snapshotter snapshotter;
  private final LayerUnpacker blobs;

  /**
   * @param lock guards the records
   */
  RefRemoval(
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

  /** A record that is no longer one, and the blobs that nothing names any more. */
  record Forgotten(RefRecord record, List<Digest> blobs) {}

  /** Forgets a record under the lock, which the caller holds; {@link #erase} has to follow. */
  Forgotten forget(RefRecord record) {
    table.remove(record);
    return new Forgotten(record, records.remove(record));
  }

  /** As {@link #forget}, unless something uses the record or is made of it. */
  Optional<Forgotten> forgetUnused(RefRecord record) {
    boolean isUsed = record.handles > 0 || records.hasChildren(record);
    return isUsed ? Optional.empty() : Optional.of(forget(record));
  }

  /** Removes the files, without the lock being held. */
  void erase(Forgotten forgotten) throws IOException {
    table.flush();
    if (forgotten.record().ownsLayer) {
      DetachedLayers.remove(forgotten.record(), snapshotter);
      snapshotter.remove(forgotten.record().id);
    }
    for (var blob : forgotten.blobs()) {
      synchronized (lock) {
        if (!records.isNamed(blob)) {
          blobs.drop(blob);
        }
      }
    }
  }
}
