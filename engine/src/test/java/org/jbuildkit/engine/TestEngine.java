package org.jbuildkit.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.exec.CacheMounts;
import org.jbuildkit.engine.exec.ExecWorker;
import org.jbuildkit.engine.exec.Executor;
import org.jbuildkit.engine.exec.LogLimits;
import org.jbuildkit.engine.exec.Scratch;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.op.InputContent;
import org.jbuildkit.engine.op.OpFactory;
import org.jbuildkit.engine.op.Permits;
import org.jbuildkit.engine.progress.JobProgress;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.store.CacheKeyTable;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.checksum.ContentChecksum;

/** An engine over a real store in a folder, without sources, with whichever executor. */
final class TestEngine implements AutoCloseable {
  private final Database database;
  private final RefStore refs;
  private final KeyGraph keys;
  private final BuildEngine engine;
  private int jobs;

  private TestEngine(Path folder, Executor executor) throws IOException {
    var clock = Clock.systemUTC();
    database = Database.open(folder.resolve("meta.db"));
    refs =
        RefStore.open(
            folder,
            OverlaySnapshotter.open(folder.resolve("snapshots")),
            (_, _, _, _) -> {},
            database,
            clock);
    keys = new KeyGraph(new StoredKeys(new CacheKeyTable(database)), RandomId::next);
    var caches = new CacheMounts(refs);
    var scratch = Scratch.open(folder.resolve("scratch"));
    var execs =
        new ExecWorker(
            executor,
            refs,
            caches,
            new SessionRegistry(),
            scratch,
            LogLimits.DEFAULT,
            org.jbuildkit.engine.exec.Emulation.NONE,
            org.jbuildkit.engine.exec.Devices.NONE,
            Optional.empty(),
            clock);
    var ops =
        new OpFactory(
            List.of(),
            refs,
            new InputContent(
                new ContentChecksum(e -> {
                  throw new java.io.UncheckedIOException(e);
                }),
                "worker"),
            new Permits(0),
            clock,
            execs);
    engine =
        new BuildEngine(
            ops, caches, org.jbuildkit.engine.exec.Devices.NONE, keys, refs, clock, (_, _) -> {});
  }

  static TestEngine open(Path folder, Executor executor) throws IOException {
    return new TestEngine(folder, executor);
  }

  /** Looks at a result's tree. */
  interface Check {
    void in(Path root) throws IOException;
  }

  Job build(LlbEdge result, Check check) throws IOException, InterruptedException {
    return build(result, Set.of(), check);
  }

  Job build(LlbEdge result, Set<String> entitlements, Check check)
      throws IOException, InterruptedException {
    var job = new Job("job" + jobs++, "", entitlements, new JobProgress(Clock.systemUTC()));
    engine.solver().open(job);
    var edge = engine.load(job, Definitions.marshal(Optional.of(result)), op -> op);
    try (var solved = engine.solver().solve(job, edge)) {
      try (var mounted = RefResult.tree(solved.result()).orElseThrow().mount()) {
        check.in(mounted.path());
      }
    } finally {
      engine.solver().release(job);
      job.progress().close();
    }
    return job;
  }

  /** Names of the vertices that did work. */
  static List<String> ran(Job job) {
    return job.progress().events().stream()
        .filter(ProgressEvent.OfVertex.class::isInstance)
        .map(event -> ((ProgressEvent.OfVertex) event).vertex())
        .filter(vertex -> vertex.hasCompleted() && !vertex.getCached())
        .map(vertex -> vertex.getName())
        .toList();
  }

  /** The record digests of all keys known. */
  List<String> records() {
    var records = new ArrayList<String>();
    keys.keys().forEach(key -> records.add(key.recordDigest().toString()));
    return records;
  }

  @Override
  public void close() {
    database.close();
  }
}
