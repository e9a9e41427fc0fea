package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.ExporterQuestion;
import org.jbuildkit.store.Ref;

/** How results leave builds: from what requests ask for to what the exporters answer. */
final class Exports {
  private static final String EPOCH = "source-date-epoch";

  private final Map<String, Exporter> exporters = new LinkedHashMap<>();
  private final SessionRegistry sessions;
  private final Clock clock;

  Exports(List<Exporter> exporters, SessionRegistry sessions, Clock clock) {
    exporters.forEach(exporter -> this.exporters.put(exporter.type(), exporter));
    this.sessions = sessions;
    this.clock = clock;
  }

  /** The exporters asked for, with what the daemon adds to their attributes. */
  static List<org.jbuildkit.protocol.control.Exporter> wanted(SolveRequest request) {
    var wanted = new ArrayList<>(request.getExportersList());
    if (wanted.isEmpty() && !request.getExporterDeprecated().isEmpty()) {
      wanted.add(
          org.jbuildkit.protocol.control.Exporter.newBuilder()
              .setType(request.getExporterDeprecated())
              .putAllAttrs(request.getExporterAttrsDeprecatedMap())
              .build());
    }
    var epoch = request.getFrontendAttrsMap().get("build-arg:SOURCE_DATE_EPOCH");
    if (epoch != null && (epoch.isEmpty() || epoch.matches("-?\\d{1,18}"))) {
      wanted.replaceAll(exporter ->
          exporter.containsAttrs(EPOCH)
              ? exporter
              : exporter.toBuilder().putAttrs(EPOCH, epoch).build());
    }
    return wanted;
  }

  /**
   * Opens exporters in order.
   *
   * @throws BuildException {@code exporter "TYPE" could not be found}, or for bad attributes
   */
  List<Exporter.Export> open(List<org.jbuildkit.protocol.control.Exporter> wanted) {
    var exports = new ArrayList<Exporter.Export>();
    for (var exporter : wanted) {
      exports.add(open(exports.size(), exporter.getType(), exporter.getAttrsMap()));
    }
    return exports;
  }

  private Exporter.Export open(int index, String type, Map<String, String> attributes) {
    var exporter = exporters.get(type);
    if (exporter == null) {
      throw BuildException.failed("exporter \"" + type + "\" could not be found");
    }
    return exporter.open(index, new LinkedHashMap<>(attributes));
  }

  /** The exports, and those that the client adds now that it can know the result. */
  List<Exporter.Export> withClients(Job job, List<Exporter.Export> exports, BuildResult result)
      throws InterruptedException {
    var session = sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT);
    var refs = new ArrayList<String>();
    result.single().map(Ref::id).ifPresent(refs::add);
    result.byPlatform().values().forEach(tree -> tree.map(Ref::id).ifPresent(refs::add));
    var all = new ArrayList<>(exports);
    for (var added : ExporterQuestion.find(session, result.metadata(), refs)) {
      all.add(open(all.size(), added.getType(), added.getAttrsMap()));
    }
    return all;
  }

  /** Tells a client that could add exports what all of them answered. */
  void tellClient(Job job, Map<String, String> response) throws InterruptedException {
    ExporterQuestion.finish(
        sessions.await(job.sessionId(), SessionRegistry.DEFAULT_WAIT), response);
  }

  /** Tells what a result lacks at the first export, or where nothing is exported by itself. */
  void warn(Job job, List<Exporter.Export> exports, List<String> mismatches) {
    if (mismatches.isEmpty()) {
      return;
    }
    var digest =
        exports.isEmpty() ? Digest.sha256(RandomId.next()).toString() : vertexDigest(job, 0);
    var name = exports.isEmpty() ? "Verifying build result" : exports.getFirst().name();
    var trail = VertexTrail.of(job, digest, name, clock);
    if (exports.isEmpty()) {
      trail.started(false).completed(Optional.empty());
    }
    for (var mismatch : mismatches) {
      job.progress()
          .warning(
              VertexWarning.newBuilder()
                  .setVertex(digest)
                  .setShort(ByteString.copyFromUtf8(mismatch))
                  .build());
    }
  }

  /** Exports a result everywhere at once; what others see happens once all of it has succeeded. */
  Map<String, String> run(Job job, List<Exporter.Export> exports, BuildResult result)
      throws InterruptedException {
    var response = new LinkedHashMap<String, String>();
    try (var scope = TaskScope.open()) {
      var tasks = new ArrayList<TaskScope.Task<? extends Map<String, String>>>();
      for (int i = 0; i < exports.size(); i++) {
        var export = exports.get(i);
        var trail = trail(job, exports, i);
        tasks.add(scope.fork(() -> trail.during(() -> export.export(job, result, trail))));
      }
      scope.join();
      tasks.forEach(task -> response.putAll(task.get()));
    }
    finish(job, exports);
    return response;
  }

  private void finish(Job job, List<Exporter.Export> exports) throws InterruptedException {
    try (var scope = TaskScope.open()) {
      for (int i = 0; i < exports.size(); i++) {
        var finish = exports.get(i).finish();
        if (finish.isPresent()) {
          var trail = trail(job, exports, i);
          scope.fork(() -> trail.during(() -> finished(finish.get(), trail)));
        }
      }
      scope.join();
    }
  }

  private static boolean finished(Exporter.Finish finish, VertexTrail trail)
      throws IOException, InterruptedException {
    finish.run(trail);
    return true;
  }

  private VertexTrail trail(Job job, List<Exporter.Export> exports, int index) {
    return VertexTrail.of(job, vertexDigest(job, index), exports.get(index).name(), clock);
  }

  private static String vertexDigest(Job job, int index) {
    return Digest.sha256(job.sessionId() + "-export-" + index).toString();
  }
}
