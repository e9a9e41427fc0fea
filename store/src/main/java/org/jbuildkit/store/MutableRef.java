package org.jbuildkit.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one writable handle on a tree. Closed without being committed, the tree is dropped, or kept
 * as it is if it was made to be retained.
 */
public final class MutableRef implements AutoCloseable {
  private final RefStore store;
  private final TreeWrites writes;
  private final RefRecord record;
  private boolean ended;

  MutableRef(RefStore store, TreeWrites writes, RefRecord record) {
    this.writes = writes;
    this.store = store;
    this.record = record;
  }

  public String id() {
    return record.id;
  }

  /** Names the content that is being written, as {@link Ref#contentId} will. */
  public String contentId() {
    return record.contentId();
  }

  /** The name of the content that a reopened tree had before. */
  public Optional<String> previousContentId() {
    return record.previousContentId();
  }

  /** As {@link Ref#notes}. */
  public Optional<Path> notes() {
    return store.notes(record);
  }

  /** Makes the tree reachable for writing. Close it before committing. */
  public MountedTree mount() throws IOException, InterruptedException {
    writes.ready(record);
    return store.mount(record, Optional.of(record.id));
  }

  /** Place for what is about to be written into the tree. */
  public Room room() {
    return record.claim == null ? Room.UNBOUNDED : record.claim;
  }

  public @Nullable String value(String name) {
    return store.value(record, name);
  }

  public void put(String name, String value) {
    store.put(record, name, value);
  }

  /**
   * Ends writing; durable when this returns. A tree made to be retained can be reopened for writing
   * later, when no handle on it is left.
   *
   * @return a handle that the caller closes
   */
  public Ref commit() throws IOException {
    synchronized (this) {
      if (ended) {
        throw new IllegalStateException("tree " + record.id + " is closed");
      }
      ended = true;
    }
    return writes.commit(record);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    writes.abandon(record);
  }

  @Override
  public String toString() {
    return record.id;
  }
}
