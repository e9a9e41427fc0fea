package org.jbuildkit.store;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How writing to a tree begins and ends: with a claim on the disk, which becomes its size. */
final class TreeWrites {
  private static final Logger LOG = LoggerFactory.getLogger(TreeWrites.class);

  private final RefStore store;
  private final RefTable table;
  private final RefUsage usage;
  private final RefRemoval removal;
  private final Checkpoints checkpoints;
  private final SpaceBudget budget;

  TreeWrites(
      RefStore store,
      RefTable table,
      RefUsage usage,
      RefRemoval removal,
      Checkpoints checkpoints,
      SpaceBudget budget) {
    this.checkpoints = checkpoints;
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
    record.stamp = Checkpoints.OPEN;
    record.claim = room(record);
    return new MutableRef(store, this, record);
  }

  /** A tree that had other content before is known to have changed before it is written to. */
  void ready(RefRecord record) throws IOException {
    if (record.generation > 0) {
      table.flush(record);
    }
  }

  SpaceBudget budget() {
    return budget;
  }

  /** Place for a layer's files. */
  SpaceClaim room(RefRecord record) {
    return budget.claim(record.id, Math.max(0, record.size));
  }

  Ref commit(RefRecord record) throws IOException {
    synchronized (store) {
      record.isMutable = false;
      record.isLocked = false;
      record.stamp = checkpoints.stamp();
      table.save(record);
    }
    try {
      settle(record);
      table.flush(record);
      return new Ref(store, record);
    } catch (IOException e) {
      synchronized (store) {
        record.isRetained = false;
      }
      abandon(record);
      throw e;
    }
  }

  /** A layer's files are there now. */
  void unpacked(RefRecord layer) throws IOException {
    synchronized (store) {
      layer.lazy = null;
      layer.isMutable = false;
      layer.stamp = checkpoints.stamp();
      table.save(layer);
    }
    settle(layer);
    table.flush(layer);
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
      record.stamp = checkpoints.stamp();
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
      // It is known no more: the next start removes what is left of it.
      LOG.warn("can't remove the tree {}: {}", record.id, BuildException.describe(e));
    }
    if (forgotten.isEmpty()) {
      store.release(record);
    }
  }
}
