package org.jbuildkit.store;

import java.io.IOException;
import java.util.Optional;

/** How writing to a tree begins and ends: with a claim on the disk, which becomes its size. */
final class TreeWrites {
  private final RefStore store;
  private final RefTable table;
  private final RefUsage usage;
  private final RefRemoval removal;
  private final SpaceBudget budget;

  TreeWrites(
      RefStore store, RefTable table, RefUsage usage, RefRemoval removal, SpaceBudget budget) {
    this.store = store;
    this.table = table;
    this.usage = usage;
    this.removal = removal;
    this.budget = budget;
  }

  /** A handle for writing, the only one there is. The store's lock is held. */
  MutableRef begin(RefRecord record) {
    record.isMutable = true;
    record.isLocked = true;
    record.handles = 1;
    record.claim = room(record);
    return new MutableRef(store, this, record);
  }

  SpaceBudget budget() {
    return budget;
  }

  /** Place for a layer's files. */
  SpaceClaim room(RefRecord record) {
    return budget.claim(record.id, Math.max(0, record.size));
  }

  Ref commit(RefRecord record) throws IOException {
    Ref ref;
    synchronized (store) {
      record.isMutable = false;
      record.isLocked = false;
      table.save(record);
      ref = new Ref(store, record);
    }
    settle(record);
    table.flush();
    return ref;
  }

  /** A layer's files are there now. */
  void unpacked(RefRecord layer) throws IOException {
    synchronized (store) {
      layer.lazy = null;
      layer.isMutable = false;
      table.save(layer);
    }
    settle(layer);
    table.flush();
  }

  /** Counts a tree as what it has become; none of it is written any more. */
  private void settle(RefRecord record) throws IOException {
    var claim = record.claim;
    if (budget.isLimited()) {
      usage.measure(record);
    }
    if (claim != null) {
      claim.close();
    }
  }

  /** Drops the tree, or keeps it as it is if it was made to be retained. */
  void abandon(RefRecord record) {
    Optional<RefRemoval.Forgotten> forgotten = Optional.empty();
    synchronized (store) {
      record.isLocked = false;
      if (!record.isRetained) {
        record.handles--;
        forgotten = Optional.of(removal.forget(record));
      }
    }
    try {
      if (forgotten.isPresent()) {
        removal.erase(forgotten.get());
      }
      settle(record);
    } catch (IOException e) {
      throw new IllegalStateException("can't remove the tree " + record.id, e);
    }
    if (forgotten.isEmpty()) {
      store.release(record);
    }
  }
}
