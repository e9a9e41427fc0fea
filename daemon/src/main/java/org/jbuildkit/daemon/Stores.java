package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.StoredKeys;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.store.BlobOrigins;
import org.jbuildkit.store.BlobSweep;
import org.jbuildkit.store.CacheKeyTable;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.FileContentStore;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.RefStore;

/** All that a daemon keeps. */
record Stores(
    Database database, FileContentStore content, BlobOrigins origins, RefStore refs, KeyGraph keys)
    implements AutoCloseable {

  /**
   * Opens what is below the daemon's root, and removes what a dead daemon left unfinished there.
   */
  static Stores open(Path root, Clock clock) throws IOException {
    var database = Database.open(root.resolve("jbuildkit.db"));
    try {
      var content = FileContentStore.open(root.resolve("content"));
      var origins = new BlobOrigins(database);
      var refs =
          RefStore.open(
              root,
              OverlaySnapshotter.open(root.resolve("snapshots")),
              new BlobUnpacker(content, origins),
              database,
              clock);
      var named = refs.blobs();
      named.addAll(origins.blobs());
      var _ = BlobSweep.run(content, named);
      var keys = new KeyGraph(new StoredKeys(new CacheKeyTable(database)), RandomId::next);
      return new Stores(database, content, origins, refs, keys);
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
