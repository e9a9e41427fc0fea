package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.Ref;

/** Runs exec ops: prepares mounts and environment, has the process run, takes its outputs. */
public final class ExecRun {
  private final ExecOp op;
  private final Optional<LinuxResources> resources;
  private final ExecWorker worker;
  private final Digest vertex;

  /**
   * @param vertex that runs it
   * @param resources limits that are no part of the op's identity
   */
  public ExecRun(Digest vertex, ExecOp op, Optional<LinuxResources> resources, ExecWorker worker) {
    this.vertex = vertex;
    this.op = op;
    this.resources = resources;
    this.worker = worker;
  }

  /** The limits that the process gets. */
  public Optional<LinuxResources> resources() {
    return resources;
  }

  /** The same with other limits. */
  public ExecRun withResources(Optional<LinuxResources> others) {
    return new ExecRun(vertex, op, others, worker);
  }

  /**
   * Runs the op once.
   *
   * @param platform what the op's programs are made for
   * @param inputs handles that stay the caller's
   * @return one handle per output, for the caller to close
   * @throws BuildException {@code process "ARGS" did not complete successfully: …}
   */
  public List<Result> run(OpContext<Job> context, Platform platform, List<Optional<Ref>> inputs)
      throws IOException, InterruptedException {
    var sessions = context.participants().stream().map(Job::sessionId).filter(id -> !id.isEmpty());
    var session = new SessionFiles(worker.sessions(), sessions.distinct().toList());
    var log = new StepLog(context.report(), worker.logLimits(), worker.clock());
    var hosts = Confinement.hosts(op.getMeta().getExtraHostsList());
    var emulator = worker.emulation().emulator(platform);
    var failure = failure(emulator);
    try (var mounts = ExecMounts.prepare(op, inputs, worker, session)) {
      var devices = devices(context.participants());
      var process = process(mounts, hosts, devices, session.variables(op.getSecretenvList()));
      if (emulator.isPresent()) {
        process = process.emulated(emulator.get());
      }
      int status;
      try {
        status = watched(mounts, traced(process, context.participants()), log);
      } catch (IOException | BuildException e) {
        throw BuildException.failed(failure, e);
      }
      log.usage().ifPresent(usage -> note(usage, context.participants()));
      if (!isSuccess(status)) {
        log.showTail();
        var memory = log.usage().filter(StepUsage::ranOutOfMemory).isPresent();
        throw BuildException.failed(
                failure + ": exit code: " + status + (memory ? ": cannot allocate memory" : ""))
            .withDetail(new ErrorDetail.ExitCode(status))
            .withDetail(mounts.keepFor(context.participants()));
      }
      return mounts.commit();
    }
  }

  private void note(StepUsage usage, List<Job> jobs) {
    if (!usage.resources().members().isEmpty()) {
      jobs.forEach(job -> job.notes().used(vertex, usage.resources()));
    }
  }

  /** What a step writes can't be known before: it is stopped if it takes too much of the disk. */
  private int watched(ExecMounts mounts, ContainerProcess process, StepLog log)
      throws IOException, InterruptedException {
    try (var watch = worker.refs().budget().watch(mounts.writtenTrees())) {
      try {
        int status = worker.executor().run(process, log);
        watch.end();
        return status;
      } catch (InterruptedException e) {
        watch.end();
        throw e;
      }
    }
  }

  private ContainerProcess traced(ContainerProcess process, List<Job> jobs) {
    var place = jobs.stream().flatMap(job -> job.notes().trace().stream()).findFirst();
    return process.withMoreEnv(StepTrace.missing(process.env(), place, worker.traceSocket()));
  }

  /** The arguments as they are run, with an emulator in front. */
  private String failure(Optional<Path> emulator) {
    var args = String.join(" ", op.getMeta().getArgsList());
    args = emulator.isPresent() ? Emulation.PLACE + " " + args : args;
    return "process " + GoQuote.quote(args) + " did not complete successfully";
  }

  private boolean isSuccess(int status) {
    var valid = op.getMeta().getValidExitCodesList();
    return valid.isEmpty() ? status == 0 : valid.contains(status);
  }

  private ContainerProcess process(
      ExecMounts mounts,
      List<ContainerProcess.HostEntry> hosts,
      List<String> devices,
      List<String> secrets) {
    var meta = op.getMeta();
    return new ContainerProcess(
        meta.getArgsList(),
        ExecEnvironment.of(meta, secrets),
        meta.getCwd(),
        meta.getUser(),
        meta.getHostname(),
        mounts.root(),
        mounts.isRootReadOnly(),
        mounts.mounts(),
        Confinement.network(op.getNetwork()),
        Confinement.security(op.getSecurity()),
        hosts,
        limits(meta),
        meta.getCgroupParent(),
        resources,
        devices,
        meta.getRemoveMountStubsRecursive());
  }

  /** What the first of the builds that want the step may use: its grants have been looked at. */
  private List<String> devices(List<Job> jobs) {
    if (op.getCdiDevicesCount() == 0) {
      return List.of();
    }
    return DeviceGrants.of(jobs.getFirst().entitlements())
        .granted(op.getCdiDevicesList(), worker.devices());
  }

  private static List<ContainerProcess.ResourceLimit> limits(Meta meta) {
    return meta.getUlimitList().stream()
        .map(limit ->
            new ContainerProcess.ResourceLimit(limit.getName(), limit.getSoft(), limit.getHard()))
        .toList();
  }
}
