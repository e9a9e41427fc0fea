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
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.protocol.control.VertexWarning;

/** What becomes of a build's result. */
record BuildExports(Job job, List<Exporter.Export> exports, Clock clock) {
  BuildExports {
    exports = List.copyOf(exports);
  }

  /** These, then others. */
  BuildExports and(List<Exporter.Export> more) {
    var all = new ArrayList<>(exports);
    all.addAll(more);
    return new BuildExports(job, all, clock);
  }

  /** Tells what a result lacks at the first export, or where nothing is exported by itself. */
  void warn(List<String> mismatches) throws IOException, InterruptedException {
    if (mismatches.isEmpty()) {
      return;
    }
    var digest = exports.isEmpty() ? Digest.sha256(RandomId.next()).toString() : digest(0);
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

  private String digest(int index) {
    return Digest.sha256(job.sessionId() + "-export-" + index).toString();
  }

  /** No exporter writes attestations: to leave them out would pass over what was asked for. */
  Build.Returned attachable(Build.Returned returned) {
    if (!returned.attestations().isEmpty() && !exports.isEmpty()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED,
          exports.getFirst().name() + ": attestations are not supported by this daemon");
    }
    return returned;
  }

  /** Writes the result; entries of the build's response are the answer. */
  Map<String, String> run(BuildResult result) throws InterruptedException {
    var response = new LinkedHashMap<String, String>();
    try (var scope = TaskScope.open()) {
      var tasks = new ArrayList<TaskScope.Task<? extends Map<String, String>>>();
      for (int i = 0; i < exports.size(); i++) {
        var export = exports.get(i);
        var trail = trail(i);
        tasks.add(scope.fork(() -> trail.during(() -> export.export(job, result, trail))));
      }
      scope.join();
      tasks.forEach(task -> response.putAll(task.get()));
    }
    finish();
    return response;
  }

  private VertexTrail trail(int index) {
    return VertexTrail.of(job, digest(index), exports.get(index).name(), clock);
  }

  /** What others see happens when nothing can fail any more but this. */
  private void finish() throws InterruptedException {
    try (var scope = TaskScope.open()) {
      for (int i = 0; i < exports.size(); i++) {
        var finish = exports.get(i).finish();
        if (finish.isPresent()) {
          var trail = trail(i);
          scope.fork(() ->
              trail.during(() -> {
                finish.get().run(trail);
                return Boolean.TRUE;
              }));
        }
      }
      scope.join();
    }
  }
}
