package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.Ref;

/** Runs exec ops: prepares mounts and environment, has the process run, takes its outputs. */
public final class ExecRun {
  private final ExecOp op;
  private final Optional<LinuxResources> resources;
  private final ExecWorker worker;

  /**
   * @param resources limits that are no part of the op's identity
   */
  public ExecRun(ExecOp op, Optional<LinuxResources> resources, ExecWorker worker) {
    this.op = op;
    this.resources = resources;
    this.worker = worker;
  }

  /**
   * Runs the op once.
   *
   * @param inputs handles that stay the caller's
   * @return one handle per output, for the caller to close
   * @throws BuildException {@code process "ARGS" did not complete successfully: …}
   */
  public List<Result> run(OpContext<Job> context, List<Optional<Ref>> inputs)
      throws IOException, InterruptedException {
    var sessions = context.participants().stream().map(Job::sessionId).filter(id -> !id.isEmpty());
    var session = new SessionFiles(worker.sessions(), sessions.distinct().toList());
    var log = new StepLog(context.report(), worker.logLimits(), worker.clock());
    var hosts = hosts();
    try (var mounts = ExecMounts.prepare(op, inputs, worker, session)) {
      var process = process(mounts, hosts, secretVariables(session));
      int status;
      try {
        status = worker.executor().run(traced(process, context.participants()), log);
      } catch (IOException | BuildException e) {
        throw BuildException.failed(failure(), e);
      }
      if (!isSuccess(status)) {
        log.showTail();
        throw BuildException.failed(failure() + ": exit code: " + status)
            .withDetail(new ErrorDetail.ExitCode(status));
      }
      return mounts.commit();
    }
  }

  private ContainerProcess traced(ContainerProcess process, List<Job> jobs) {
    var place = jobs.stream().flatMap(job -> job.notes().trace().stream()).findFirst();
    return process.withMoreEnv(StepTrace.missing(process.env(), place, worker.traceSocket()));
  }

  private String failure() {
    var args = String.join(" ", op.getMeta().getArgsList());
    return "process " + GoQuote.quote(args) + " did not complete successfully";
  }

  private boolean isSuccess(int status) {
    var valid = op.getMeta().getValidExitCodesList();
    return valid.isEmpty() ? status == 0 : valid.contains(status);
  }

  private List<String> secretVariables(SessionFiles session) throws InterruptedException {
    var variables = new ArrayList<String>();
    for (var secret : op.getSecretenvList()) {
      if (secret.getID().isEmpty()) {
        throw BuildException.invalid(
            "secret ID missing for \"%s\" environment variable".formatted(secret.getName()));
      }
      var value = session.secret(secret.getID(), secret.getOptional());
      var text = new String(value.orElse(new byte[0]), java.nio.charset.StandardCharsets.UTF_8);
      variables.add(secret.getName() + "=" + text);
    }
    return variables;
  }

  private ContainerProcess process(
      ExecMounts mounts, List<ContainerProcess.HostEntry> hosts, List<String> secrets) {
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
        network(op.getNetwork()),
        security(op.getSecurity()),
        hosts,
        limits(meta),
        meta.getCgroupParent(),
        resources,
        meta.getRemoveMountStubsRecursive());
  }

  private static ContainerProcess.Network network(NetMode mode) {
    return switch (mode) {
      case UNSET -> ContainerProcess.Network.DEFAULT;
      case HOST -> ContainerProcess.Network.HOST;
      case NONE -> ContainerProcess.Network.NONE;
      case UNRECOGNIZED -> throw BuildException.invalid("unknown network mode " + mode);
    };
  }

  private static ContainerProcess.Security security(SecurityMode mode) {
    return switch (mode) {
      case SANDBOX -> ContainerProcess.Security.SANDBOX;
      case INSECURE -> ContainerProcess.Security.INSECURE;
      case UNRECOGNIZED -> throw BuildException.invalid("invalid security mode " + mode);
    };
  }

  private List<ContainerProcess.HostEntry> hosts() {
    var hosts = new ArrayList<ContainerProcess.HostEntry>();
    for (var host : op.getMeta().getExtraHostsList()) {
      if (!IpText.isAddress(host.getIP())) {
        throw BuildException.invalid("failed to parse IP " + host.getIP());
      }
      hosts.add(new ContainerProcess.HostEntry(host.getIP(), host.getHost()));
    }
    return hosts;
  }

  private static List<ContainerProcess.ResourceLimit> limits(Meta meta) {
    return meta.getUlimitList().stream()
        .map(limit ->
            new ContainerProcess.ResourceLimit(limit.getName(), limit.getSoft(), limit.getHard()))
        .toList();
  }
}
