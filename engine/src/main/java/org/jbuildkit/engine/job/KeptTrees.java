package org.jbuildkit.engine.job;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.store.Ref;

/**
 * Trees that failed steps of a build left, by id: debuggers look at them until the build ends.
 * Closed, it keeps nothing any more.
 */
public final class KeptTrees implements AutoCloseable {
  private final Map<String, Ref> kept = new HashMap<>();
  private boolean closed;

  /** Keeps a tree; the handle stays the caller's. */
  public synchronized void keep(Ref tree) {
    if (!closed && !kept.containsKey(tree.id())) {
      kept.put(tree.id(), tree.retain());
    }
  }

  /** A tree kept, whose handle stays this one's. */
  public synchronized Optional<Ref> get(String id) {
    return Optional.ofNullable(kept.get(id));
  }

  @Override
  public synchronized void close() {
    closed = true;
    kept.values().forEach(Ref::close);
    kept.clear();
  }
}
