package org.jbuildkit.exporters;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.ByteCounter;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.solver.VertexReport;

/**
 * Sends a result's trees to a directory of the client: each platform to a directory of its own, or
 * all to the same.
 */
public final class DirectoryExporter implements Exporter {
  private final SessionRegistry sessions;
  private final Clock clock;

  public DirectoryExporter(SessionRegistry sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public String type() {
    return "local";
  }

  @Override
  public Export open(int index, SequencedMap<String, String> attributes) {
    return new DirectoryExport(index, TreeOptions.parse(attributes));
  }

  private final class DirectoryExport implements Export {
    private final int index;
    private final TreeOptions options;

    DirectoryExport(int index, TreeOptions options) {
      this.index = index;
      this.options = options;
    }

    @Override
    public String name() {
      return "exporting to client directory";
    }

    @Override
    public SequencedMap<String, String> export(Job job, BuildResult result, VertexReport report)
        throws IOException, InterruptedException {
      var session = sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT);
      boolean isMap = !result.byPlatform().isEmpty();
      boolean splits = options.splits().orElse(isMap);
      var steps = new Steps(report, clock);
      var trees = PlatformTree.open(result, options, clock.instant());
      try {
        if (!splits && trees.size() > 1) {
          check(trees);
        }
        if (options.deletes()) {
          sendMerged(session, trees, splits, steps);
        } else {
          sendEach(session, trees, splits, steps, isMap);
        }
      } finally {
        PlatformTree.closeAll(trees);
      }
      return new LinkedHashMap<>();
    }

    /** Finds out that trees don't go together before any of their files is written. */
    private void check(List<PlatformTree> trees) throws IOException {
      var merged = merged(trees, false);
      for (var entry = merged.next(); entry.isPresent(); ) {
        entry = merged.next();
      }
    }

    private TreeEntries merged(List<PlatformTree> trees, boolean splits) throws IOException {
      var parts = new LinkedHashMap<String, TreeEntries>();
      for (var tree : trees) {
        parts.put(tree.id(), splits ? tree.entriesInDirectory() : tree.entries());
      }
      return new MergedEntries(parts);
    }

    private void sendMerged(Session session, List<PlatformTree> trees, boolean splits, Steps steps)
        throws IOException, InterruptedException {
      try (var counter = steps.bytes("copying files", "transferring", 0)) {
        send(session, merged(trees, splits), true, counter);
      }
    }

    private void sendEach(
        Session session, List<PlatformTree> trees, boolean splits, Steps steps, boolean isMap)
        throws InterruptedException {
      try (var scope = TaskScope.open()) {
        for (var tree : trees) {
          var id = isMap ? "copying files " + tree.id() : "copying files";
          scope.fork(() -> {
            try (var counter = steps.bytes(id, "transferring", 0)) {
              send(session, splits ? tree.entriesInDirectory() : tree.entries(), false, counter);
            }
            return Boolean.TRUE;
          });
        }
        scope.join();
      }
    }

    private void send(
        Session session, TreeEntries entries, boolean allPlatforms, ByteCounter counter)
        throws InterruptedException {
      new ResultUpload(session, index)
          .sendTree(
              entries.mapped(stat -> {
                counter.add(stat.getSize());
                return stat;
              }),
              allPlatforms);
    }
  }
}
