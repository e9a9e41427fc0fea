package org.jbuildkit.exporters;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.session.files.TreeFilter;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/** Sends a result's tree to a directory of the client. One platform only. */
public final class DirectoryExporter implements Exporter {
  private static final Set<String> KNOWN = Set.of("source-date-epoch", "mode", "dest");

  private final RefStore refs;
  private final SessionRegistry sessions;
  private final Clock clock;

  public DirectoryExporter(RefStore refs, SessionRegistry sessions, Clock clock) {
    this.refs = refs;
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public String type() {
    return "local";
  }

  @Override
  public Export open(int index, SequencedMap<String, String> attributes) {
    for (var name : attributes.keySet()) {
      if (!KNOWN.contains(name)) {
        throw unsupported("exporter option " + name);
      }
    }
    var mode = attributes.getOrDefault("mode", "copy");
    if (mode.equals("delete")) {
      throw unsupported("exporter option mode=delete");
    }
    if (!mode.equals("copy") && !mode.isEmpty()) {
      throw BuildException.invalid("invalid local exporter mode \"" + mode + "\"");
    }
    return new DirectoryExport(index, epoch(attributes));
  }

  private static BuildException unsupported(String what) {
    return new BuildException(ErrorCode.UNIMPLEMENTED, what + " is not supported by this daemon");
  }

  private static Optional<Long> epoch(Map<String, String> attributes) {
    var text = attributes.getOrDefault("source-date-epoch", "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Math.multiplyExact(Long.parseLong(text), 1_000_000_000L));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new BuildException(ErrorCode.UNKNOWN, "invalid SOURCE_DATE_EPOCH: " + text, e);
    }
  }

  private final class DirectoryExport implements Export {
    private final int index;
    private final Optional<Long> epochNanos;

    DirectoryExport(int index, Optional<Long> epochNanos) {
      this.index = index;
      this.epochNanos = epochNanos;
    }

    @Override
    public String name() {
      return "exporting to client directory";
    }

    private Stat dated(Stat stat) {
      return epochNanos.map(nanos -> stat.toBuilder().setModTime(nanos).build()).orElse(stat);
    }

    @Override
    public SequencedMap<String, String> export(Job job, BuildResult result, VertexReport report)
        throws IOException, InterruptedException {
      if (!result.byPlatform().isEmpty()) {
        throw unsupported("exporting several platforms to a directory");
      }
      var session = sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT);
      var upload = new ResultUpload(session, index);
      var steps = new Steps(report, clock);
      try (var empty = refs.create(Optional.empty(), RefOptions.regular("empty tree"));
          var tree = result.single().isPresent() ? result.single().get().mount() : empty.mount();
          var root = tree.open();
          var counter = steps.bytes("copying files", "transferring", 0)) {
        upload.sendTree(
            root,
            TreeFilter.ALL,
            false,
            stat -> {
              counter.add(stat.getSize());
              return dated(stat);
            });
      }
      return new LinkedHashMap<>();
    }
  }
}
