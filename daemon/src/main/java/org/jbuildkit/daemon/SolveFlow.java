package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
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
import org.jbuildkit.engine.history.Recording;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.job.Jobs;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.SolveResponse;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.protocol.pb.Definition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request to build, from its checks to its answer. */
final class SolveFlow {
  private static final Logger LOG = LoggerFactory.getLogger(SolveFlow.class);
  private static final String DOCKERFILE = "dockerfile.v0";
  private static final String GATEWAY = "gateway.v0";
  private static final String EPOCH = "source-date-epoch";
  private static final Set<String> ENTITLEMENTS =
      Set.of("network.host", "security.insecure", "device");

  private final BuildEngine engine;
  private final Jobs jobs;
  private final Builds builds;
  private final Map<String, Exporter> exporters;
  private final Set<String> allowed;
  private final BuildHistory history;
  private final Clock clock;

  /**
   * @param allowed entitlements that builds may be granted
   */
  SolveFlow(
      BuildEngine engine,
      Jobs jobs,
      Builds builds,
      List<Exporter> exporters,
      List<String> allowed,
      BuildHistory history,
      Clock clock) {
    this.history = history;
    this.allowed = Set.copyOf(allowed);
    this.engine = engine;
    this.jobs = jobs;
    this.builds = builds;
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
    var frontend = frontend(request.getFrontend(), request.getFrontendAttrsMap());
    var started = BuildRecording.started(request, wanted, frontend, clock);
    try (var recording = history.begin(started, request.getInternal())) {
      return build(request, job, exports, recording);
    } finally {
      jobs.close(job);
      LOG.debug(
          "solve {} took {} ms",
          request.getRef(),
          Duration.between(began, clock.instant()).toMillis());
    }
  }

  private SolveResponse build(
      SolveRequest request, Job job, List<Exporter.Export> exports, Recording recording)
      throws IOException, InterruptedException {
    try (var build = new Build(job, engine, clock)) {
      var requested = RequestedPlatforms.of(request.getFrontendAttrsMap());
      var result = requested.noted(build.evaluate(result(request, build)));
      warn(job, exports, requested.mismatches(result));
      var response = export(job, exports, result);
      result
          .metadata()
          .forEach((key, value) -> {
            if (key.startsWith("frontend.")) {
              response.put(key, new String(value, StandardCharsets.UTF_8));
            }
          });
      BuildRecording.succeeded(recording, job, result, exports);
      return SolveResponse.newBuilder().putAllExporterResponse(response).build();
    } catch (IOException | InterruptedException | RuntimeException e) {
      BuildRecording.failed(recording, job, e);
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

  private Build.Returned result(SolveRequest request, Build build) throws InterruptedException {
    var frontend = frontend(request.getFrontend(), request.getFrontendAttrsMap());
    if (!request.hasDefinition() && frontend.isEmpty()) {
      builds.add(build);
      try {
        return build.awaitReturned();
      } finally {
        builds.remove(build);
      }
    }
    if (request.getDefinition().getDefCount() > 0) {
      if (!frontend.isEmpty()) {
        throw BuildException.failed("cannot solve with both Definition and Frontend specified");
      }
      var tree = build.solve(request.getDefinition());
      return new Build.Returned(Optional.of(tree), Map.of(), Map.of());
    }
    return runFrontend(
        build, frontend, request.getFrontendAttrsMap(), request.getFrontendInputsMap());
  }

  /** The frontend that is meant: the gateway to the built-in one is the built-in one. */
  static String frontend(String name, Map<String, String> options) {
    boolean isAlias = name.equals(GATEWAY) && DOCKERFILE.equals(options.get("source"));
    return isAlias ? DOCKERFILE : name;
  }

  /** Runs a frontend in the daemon. */
  static Build.Returned runFrontend(
      Build build, String frontend, Map<String, String> options, Map<String, Definition> inputs)
      throws InterruptedException {
    return switch (frontend) {
      case "" -> new Build.Returned(Optional.empty(), Map.of(), Map.of());
      case DOCKERFILE -> DockerfileRun.run(build, options, inputs);
      case GATEWAY ->
          throw new BuildException(
              ErrorCode.UNIMPLEMENTED, "frontend images are not supported by this daemon");
      default -> throw BuildException.failed("invalid frontend: " + frontend);
    };
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
