package org.jbuildkit.engine.job;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefStore;

/**
 * Trees that failed steps of a build left, by id: debuggers look at them until the build ends.
 * Closed, it keeps nothing any more.
 */
public final class KeptTrees implements AutoCloseable {
  private final Map<String, Ref> kept = new HashMap<>();
  private final Map<String, RefStore> left = new HashMap<>();
  private boolean closed;

  /** Keeps a tree; the handle stays the caller's. */
  public synchronized void keep(Ref tree) {
    if (!closed && !kept.containsKey(tree.id())) {
      kept.put(tree.id(), tree.retain());
    }
  }

  /**
   * Keeps a tree that is of no other use: when no build keeps it any more, it is removed.
   *
   * @param tree the handle is taken over
   * @param refs where it is removed
   */
  public static void keepLeft(Ref tree, RefStore refs, List<Job> jobs) throws IOException {
    try (tree) {
      jobs.forEach(job -> job.failed().keepLeft(tree, refs));
    }
    refs.remove(tree.id());
  }

  private synchronized void keepLeft(Ref tree, RefStore refs) {
    if (!closed) {
      keep(tree);
      left.put(tree.id(), refs);
    }
  }

  /** A tree kept, whose handle stays this one's. */
  public synchronized Optional<Ref> get(String id) {
    return Optional.ofNullable(kept.get(id));
  }

  /**
   * Lets go of all of them.
   *
   * @throws IOException if one can't be removed; the others are
   */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    kept.values().forEach(Ref::close);
    kept.clear();
    Optional<IOException> failure = Optional.empty();
    for (var tree : left.entrySet()) {
      try {
        // Another build that keeps it will remove it.
        tree.getValue().remove(tree.getKey());
      } catch (IOException e) {
        failure = Optional.of(e);
      }
    }
    left.clear();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
