package org.jbuildkit.daemon;

import java.time.Duration;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.RefResults;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.store.RefStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets, now and then, cache keys whose results have been removed. */
final class KeyRelease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRelease.class);
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final KeyGraph keys;
  private final RefStore refs;
  private final Background work;

  private KeyRelease(KeyGraph keys, RefStore refs) {
    this.keys = keys;
    this.refs = refs;
    this.work = Background.start("key release", this::run);
  }

  static KeyRelease start(KeyGraph keys, RefStore refs) {
    return new KeyRelease(keys, refs);
  }

  private void run() throws InterruptedException {
    while (true) {
      Thread.sleep(INTERVAL);
      try {
        release(keys, refs);
      } catch (RuntimeException e) {
        LOG.warn("can't release cache keys: {}", BuildException.describe(e), e);
      }
    }
  }

  /** Forgets what has no tree any more, and then the keys that twice led to nothing. */
  static void release(KeyGraph keys, RefStore refs) {
    // A result is stored before its record: what has a record now has its tree, or has lost it.
    var results = keys.resultIds();
    var stored = refs.ids();
    for (var id : results) {
      if (!stored.contains(id) && !id.equals(RefResults.SCRATCH)) {
        keys.removeResult(id);
      }
    }
    keys.release();
  }

  @Override
  public void close() {
    work.close();
  }
}
