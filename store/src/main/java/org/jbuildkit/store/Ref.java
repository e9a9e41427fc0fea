package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A counted handle on an immutable tree. While any handle is open the tree stays. Closed once;
 * closing again does nothing.
 */
public final class Ref implements AutoCloseable {
  /** Value of a tree whose layer holds whiteouts though nothing lies below it. */
  public static final String HAS_WHITEOUTS = "layer.haswhiteouts";

  /** Value of a tree that a client sent: its root has no metadata of its own. */
  public static final String TRANSFERRED = "checksum.transferred";

  private final RefStore store;
  private final RefRecord record;
  private boolean closed;

  Ref(RefStore store, RefRecord record) {
    this.store = store;
    this.record = record;
  }

  /** The record's id, 25 characters. */
  public String id() {
    return record.id;
  }

  /** Ids of the layers that the tree is made of, bottom first. */
  public List<String> layers() {
    return record.layers;
  }

  /** Names the content: differs when a reused tree was opened for writing again. */
  public String contentId() {
    return record.contentId();
  }

  /** A folder for notes about this very tree, which goes with it; none if it has no own layer. */
  public Optional<Path> notes() {
    return store.notes(record);
  }

  /** This tree, then the one it is a layer on top of, and so on, as far as each is one layer. */
  public List<Lineage> lineage() {
    return store.lineage(record);
  }

  /** Another handle, which the caller closes. */
  public Ref retain() {
    return store.retain(record);
  }

  /** Makes the tree reachable, read-only by convention; fetches layers that are not local yet. */
  public MountedTree mount() throws IOException, InterruptedException {
    return store.mount(record, Optional.empty());
  }

  /** Fetches and unpacks layers that are not local yet. */
  public void unlazy() throws IOException, InterruptedException {
    store.unlazy(record);
  }

  /** A value kept with the record, or null. */
  public @Nullable String value(String name) {
    return store.value(record, name);
  }

  /** Keeps a value with the record. */
  public void put(String name, String value) {
    store.put(record, name, value);
  }

  /** All values kept with the record, a copy. */
  public Map<String, String> values() {
    return store.values(record);
  }

  RefRecord record() {
    return record;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    store.release(record);
  }

  @Override
  public String toString() {
    return record.id;
  }
}
