package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.store.MountedTree;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/**
 * The cache mounts of a daemon: writable trees that are found again by their key and never
 * committed. The monitor guards the table of trees in use; {@code opening} is held by whoever opens
 * or makes a tree, so that nobody makes a second one meanwhile.
 */
public final class CacheMounts {
  private static final String KEY = "exec.cachemount";
  private static final long POLL_MILLIS = 100;

  private final RefStore refs;
  private final Map<String, Held> shared = new HashMap<>();
  private final ReentrantLock opening = new ReentrantLock();

  public CacheMounts(RefStore refs) {
    this.refs = refs;
  }

  /**
   * What an exec asks for.
   *
   * @param key the mount's id, with that of its base where there is one
   * @param id the mount's id
   * @param base what a new tree starts with; stays the caller's
   * @param description shown to users
   */
  record Request(
      String key, String id, CacheSharingOpt sharing, Optional<Ref> base, String description) {}

  /** A tree in use. */
  final class Held implements AutoCloseable {
    private final String key;
    private final MutableRef ref;
    private final MountedTree mounted;
    private int users = 1;

    private Held(String key, MutableRef ref) throws IOException, InterruptedException {
      this.key = key;
      this.ref = ref;
      this.mounted = ref.mount();
    }

    /** The tree's id. */
    String id() {
      return ref.id();
    }

    Path path() {
      return mounted.path();
    }

    @Override
    public void close() {
      synchronized (CacheMounts.this) {
        if (--users > 0) {
          return;
        }
        shared.remove(key, this);
      }
      mounted.close();
      ref.close();
    }
  }

  /** The tree for an exec; the caller closes it. */
  Held acquire(Request request) throws IOException, InterruptedException {
    return switch (request.sharing()) {
      case SHARED -> acquireShared(request);
      case PRIVATE -> held(request);
      case LOCKED -> acquireLocked(request);
      case UNRECOGNIZED ->
          throw BuildException.invalid("invalid cache sharing option: " + request.sharing());
    };
  }

  private Held acquireShared(Request request) throws IOException, InterruptedException {
    opening.lockInterruptibly();
    try {
      var known = join(request.key());
      if (known.isPresent()) {
        return known.get();
      }
      var held = held(request);
      synchronized (this) {
        shared.put(request.key(), held);
      }
      return held;
    } finally {
      opening.unlock();
    }
  }

  private synchronized Optional<Held> join(String key) {
    var known = Optional.ofNullable(shared.get(key));
    known.ifPresent(held -> held.users++);
    return known;
  }

  private Held acquireLocked(Request request) throws IOException, InterruptedException {
    while (true) {
      var found = find(request.key());
      if (found.isPresent()) {
        return new Held(request.key(), found.get());
      }
      opening.lockInterruptibly();
      try {
        if (refs.lookup(KEY, request.key()).isEmpty()) {
          return new Held(request.key(), create(request));
        }
      } finally {
        opening.unlock();
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Held held(Request request) throws IOException, InterruptedException {
    var found = find(request.key());
    return new Held(request.key(), found.isPresent() ? found.get() : create(request));
  }

  private Optional<MutableRef> find(String key) {
    for (var id : refs.lookup(KEY, key)) {
      var ref = refs.reopen(id);
      if (ref.isPresent()) {
        return ref;
      }
    }
    return Optional.empty();
  }

  private MutableRef create(Request request) throws IOException {
    var options = new RefOptions(request.description(), RecordType.CACHE_MOUNT, true);
    var ref = refs.create(request.base(), options);
    ref.put(KEY, request.key());
    ref.put(KEY + ".id", request.id());
    return ref;
  }

  /**
   * Makes later execs start with new trees for these ids. The old ones go when nobody uses them.
   */
  public void detach(Collection<String> ids) throws IOException {
    for (var id : new LinkedHashSet<>(ids)) {
      for (var ref : refs.lookup(KEY + ".id", id)) {
        refs.removeValue(ref, KEY);
        refs.removeValue(ref, KEY + ".id");
        refs.unretain(ref);
      }
      synchronized (this) {
        shared.keySet().removeIf(key -> key.equals(id) || key.startsWith(id + ":"));
      }
    }
  }
}
