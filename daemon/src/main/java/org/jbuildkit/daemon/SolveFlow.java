package org.jbuildkit.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.history.BuildHistory;
import org.jbuildkit.engine.history.BuildOutcome;
import org.jbuildkit.engine.history.Recording;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.job.Jobs;
import org.jbuildkit.engine.usage.SystemUsage;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.SolveResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request to build, from its checks to its answer. */
final class SolveFlow {
  private static final Logger LOG = LoggerFactory.getLogger(SolveFlow.class);
  private static final Set<String> ENTITLEMENTS =
      Set.of("network.host", "security.insecure", "device");

  private final BuildEngine engine;
  private final Jobs jobs;
  private final FrontendRuns runs;
  private final Exports exports;
  private final RequestChecks checks;
  private final Set<String> allowed;
  private final BuildHistory history;
  private final BuildProvenance.Source provenance;
  private final BuildTraces traces;
  private final Clock clock;

  /**
   * @param allowed entitlements that builds may be granted
   */
  SolveFlow(
      BuildEngine engine,
      Jobs jobs,
      FrontendRuns runs,
      Exports exports,
      RequestChecks checks,
      List<String> allowed,
      BuildHistory history,
      BuildProvenance.Source provenance,
      BuildTraces traces,
      Clock clock) {
    this.traces = traces;
    this.provenance = provenance;
    this.history = history;
    this.allowed = Set.copyOf(allowed);
    this.engine = engine;
    this.jobs = jobs;
    this.runs = runs;
    this.exports = exports;
    this.checks = checks;
    this.clock = clock;
  }

  SolveResponse run(SolveRequest request) throws InterruptedException {
    checkVersion(request.getCompatibilityVersion());
    var wanted = Exports.wanted(request);
    var opened = exports.open(wanted);
    Unsupported.check(request);
    var job = jobs.open(request.getRef(), request.getSession(), entitlements(request));
    var began = clock.instant();
    var frontend = FrontendRuns.frontend(request);
    var started = BuildRecording.started(request, wanted, frontend, clock);
    try (var recording = history.begin(started, request.getInternal());
        var machine = SystemUsage.start(clock)) {
      job.notes().measured(machine::samples);
      var spans = traces.record(job, recording);
      return build(request, job, opened, recording, began, spans);
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
      List<Exporter.Export> asked,
      Recording recording,
      Instant began,
      Optional<BuildOutcome.Spans> spans)
      throws InterruptedException {
    try (var build = new Build(job, engine, runs.frontends(), checks.of(request), clock);
        var run = runs.open(request, build)) {
      var requested = RequestedPlatforms.of(request.getFrontendAttrsMap());
      var returned = ResultScan.added(request, build, run.result());
      var plain = requested.noted(build.evaluate(returned));
      var origins = provenance.of(request, began, build, returned, plain);
      var result = origins.stated(plain);
      exports.warn(job, asked, requested.mismatches(result));
      boolean asksClient = request.getEnableSessionExporter();
      var all = asksClient ? exports.withClients(job, asked, result) : asked;
      var response = exports.run(job, all, result);
      result
          .metadata()
          .forEach((key, value) -> {
            if (key.startsWith("frontend.")) {
              response.put(key, new String(value, StandardCharsets.UTF_8));
            }
          });
      if (asksClient) {
        exports.tellClient(job, response);
      }
      if (!recording.isInternal()) {
        BuildRecording.succeeded(recording, job, result, all, origins, spans);
      }
      return SolveResponse.newBuilder().putAllExporterResponse(response).build();
    } catch (InterruptedException | RuntimeException e) {
      BuildRecording.failed(recording, job, e, spans);
      throw e;
    }
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
}
