package org.jbuildkit.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.RefResults;
import org.jbuildkit.engine.StoredKeys;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.store.BlobOrigins;
import org.jbuildkit.store.BlobSweep;
import org.jbuildkit.store.BuildRecordTable;
import org.jbuildkit.store.CacheKeyTable;
import org.jbuildkit.store.Checkpoints;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.FileContentStore;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.SnapshotterChoice;
import org.jbuildkit.store.SpaceBudget;

/** All that a daemon keeps. */
record Stores(
    Database database,
    FileContentStore content,
    BlobOrigins origins,
    RefStore refs,
    CheckpointTimer checkpoints,
    KeyGraph keys,
    KeyRelease release,
    BuildRecordTable records)
    implements AutoCloseable {

  private static final String DATABASE = "jbuildkit.db";

  /**
   * Opens what is below the daemon's root, and removes what a dead daemon left unfinished there.
   */
  static Stores open(Path root, SnapshotterChoice choice, SpaceBudget budget, Clock clock)
      throws IOException, InterruptedException {
    prepareLibrary(root.resolve("native"));
    var file = root.resolve(DATABASE);
    var database = Database.open(file);
    budget.addStock(() -> Database.bytes(file));
    try {
      var content = FileContentStore.open(root.resolve("content"), budget);
      var origins = new BlobOrigins(database);
      var checkpoints = Checkpoints.open(database, () -> sync(root));
      var refs =
          RefStore.open(
              root,
              choice.open(Files.createDirectories(root.resolve("snapshots"))),
              new BlobUnpacker(content, origins),
              database,
              checkpoints,
              budget,
              clock);
      var records = new BuildRecordTable(database);
      var named = refs.blobs();
      named.addAll(origins.blobs());
      named.addAll(records.blobs());
      var _ = BlobSweep.run(content, named);
      var keyTable = new CacheKeyTable(database);
      keyTable.sweep(RefResults.SCRATCH);
      var keys = new KeyGraph(new StoredKeys(keyTable), RandomId::next);
      var timer = CheckpointTimer.start(checkpoints);
      var release = KeyRelease.start(keys, refs);
      return new Stores(database, content, origins, refs, timer, keys, release, records);
    } catch (IOException | InterruptedException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** The database's driver unpacks its library, and a killed process leaves it behind. */
  private static void prepareLibrary(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (var left = Files.newDirectoryStream(folder)) {
      for (var file : left) {
        Files.delete(file);
      }
    }
    System.setProperty("org.sqlite.tmpdir", folder.toString());
  }

  private static void sync(Path root) throws IOException {
    try (var dir = Dir.open(root)) {
      dir.fd().syncFileSystem();
    }
  }

  /** Blobs that something else than build records keeps. */
  Set<Digest> blobsOfResults() throws IOException {
    var named = refs.blobs();
    named.addAll(origins.blobs());
    return named;
  }

  @Override
  public void close() {
    release.close();
    checkpoints.close();
    database.close();
  }
}
