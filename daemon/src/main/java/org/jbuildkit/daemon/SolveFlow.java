package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.history.BuildHistory;
import org.jbuildkit.engine.history.BuildOutcome;
import org.jbuildkit.engine.history.Recording;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.job.Jobs;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.SolveResponse;
import org.jbuildkit.protocol.control.VertexWarning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request to build, from its checks to its answer. */
final class SolveFlow {
  private static final Logger LOG = LoggerFactory.getLogger(SolveFlow.class);
  private static final String EPOCH = "source-date-epoch";
  private static final Set<String> ENTITLEMENTS =
      Set.of("network.host", "security.insecure", "device");

  private final BuildEngine engine;
  private final Jobs jobs;
  private final FrontendRuns runs;
  private final Map<String, Exporter> exporters;
  private final Set<String> allowed;
  private final BuildHistory history;
  private final RecordedProvenance provenance;
  private final BuildTraces traces;
  private final Clock clock;

  /**
   * @param allowed entitlements that builds may be granted
   */
  SolveFlow(
      BuildEngine engine,
      Jobs jobs,
      FrontendRuns runs,
      List<Exporter> exporters,
      List<String> allowed,
      BuildHistory history,
      RecordedProvenance provenance,
      BuildTraces traces,
      Clock clock) {
    this.traces = traces;
    this.provenance = provenance;
    this.history = history;
    this.allowed = Set.copyOf(allowed);
    this.engine = engine;
    this.jobs = jobs;
    this.runs = runs;
    this.exporters = new LinkedHashMap<>();
    exporters.forEach(exporter -> this.exporters.put(exporter.type(), exporter));
    this.clock = clock;
  }

  SolveResponse run(SolveRequest request) throws IOException, InterruptedException {
    checkVersion(request.getCompatibilityVersion());
    var wanted = wanted(request);
    var exports = exports(wanted);
    Unsupported.check(request);
    var job = jobs.open(request.getRef(), request.getSession(), entitlements(request));
    var began = clock.instant();
    var frontend = FrontendRuns.frontend(request);
    var started = BuildRecording.started(request, wanted, frontend, clock);
    try (var recording = history.begin(started, request.getInternal())) {
      var spans = traces.record(job, recording);
      return build(request, job, exports, recording, began, spans);
    } finally {
      jobs.close(job);
      LOG.debug(
          "solve {} took {} ms",
          request.getRef(),
          Duration.between(began, clock.instant()).toMillis());
    }
  }

  private SolveResponse build(
      SolveRequest request,
      Job job,
      List<Exporter.Export> exports,
      Recording recording,
      Instant began,
      Optional<BuildOutcome.Spans> spans)
      throws IOException, InterruptedException {
    try (var build = new Build(job, engine, runs.frontends(), clock);
        var run = runs.open(request, build)) {
      var requested = RequestedPlatforms.of(request.getFrontendAttrsMap());
      var returned = attachable(run.result(), exports);
      var result = requested.noted(build.evaluate(returned));
      warn(job, exports, requested.mismatches(result));
      var response = export(job, exports, result);
      result
          .metadata()
          .forEach((key, value) -> {
            if (key.startsWith("frontend.")) {
              response.put(key, new String(value, StandardCharsets.UTF_8));
            }
          });
      if (!recording.isInternal()) {
        var origins = provenance.of(request, began, build, returned);
        BuildRecording.succeeded(recording, job, result, exports, origins, spans);
      }
      return SolveResponse.newBuilder().putAllExporterResponse(response).build();
    } catch (IOException | InterruptedException | RuntimeException e) {
      BuildRecording.failed(recording, job, e, spans);
      throw e;
    }
  }

  /** Tells what a result lacks at the first export, or where nothing is exported by itself. */
  private void warn(Job job, List<Exporter.Export> exports, List<String> mismatches)
      throws IOException, InterruptedException {
    if (mismatches.isEmpty()) {
      return;
    }
    var digest =
        exports.isEmpty() ? Digest.sha256(RandomId.next()).toString() : exportDigest(job, 0);
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

  private static String exportDigest(Job job, int index) {
    return Digest.sha256(job.sessionId() + "-export-" + index).toString();
  }

  private static void checkVersion(long version) {
    if (version > 30) {
      throw BuildException.failed(
          "unsupported compatibility-version %d: upgrade buildkit (max supported: 30)"
              .formatted(version));
    }
    if (!Set.of(0L, 10L, 20L, 30L).contains(version)) {
      throw BuildException.failed(
          "unsupported compatibility-version %d (supported: [10 20 30])".formatted(version));
    }
  }

  private Set<String> entitlements(SolveRequest request) {
    for (var entitlement : request.getEntitlementsList()) {
      var name = entitlement.startsWith("device=") ? "device" : entitlement;
      if (!ENTITLEMENTS.contains(name)) {
        throw BuildException.failed("unknown entitlement " + entitlement);
      }
      if (!allowed.contains(name)) {
        throw BuildException.failed(
            "granting entitlement "
                + entitlement
                + " is not allowed by build daemon configuration");
      }
    }
    return Set.copyOf(request.getEntitlementsList());
  }

  /** The exporters asked for, with what the daemon adds to their attributes. */
  private static List<org.jbuildkit.protocol.control.Exporter> wanted(SolveRequest request) {
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

  private List<Exporter.Export> exports(List<org.jbuildkit.protocol.control.Exporter> wanted) {
    var exports = new ArrayList<Exporter.Export>();
    for (int i = 0; i < wanted.size(); i++) {
      var attributes = new LinkedHashMap<>(wanted.get(i).getAttrsMap());
      var exporter = exporters.get(wanted.get(i).getType());
      if (exporter == null) {
        throw BuildException.failed(
            "exporter \"" + wanted.get(i).getType() + "\" could not be found");
      }
      exports.add(exporter.open(i, attributes));
    }
    return exports;
  }

  /** No exporter writes attestations: to leave them out would pass over what was asked for. */
  private static Build.Returned attachable(Build.Returned returned, List<Exporter.Export> exports) {
    if (!returned.attestations().isEmpty() && !exports.isEmpty()) {
      throw new BuildException(
          ErrorCode.UNIMPLEMENTED,
          exports.getFirst().name() + ": attestations are not supported by this daemon");
    }
    return returned;
  }

  private Map<String, String> export(Job job, List<Exporter.Export> exports, BuildResult result)
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

  private VertexTrail trail(Job job, List<Exporter.Export> exports, int index) {
    return VertexTrail.of(job, exportDigest(job, index), exports.get(index).name(), clock);
  }

  /** What others see happens when nothing can fail any more but this. */
  private void finish(Job job, List<Exporter.Export> exports) throws InterruptedException {
    try (var scope = TaskScope.open()) {
      for (int i = 0; i < exports.size(); i++) {
        var finish = exports.get(i).finish();
        if (finish.isPresent()) {
          var trail = trail(job, exports, i);
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
