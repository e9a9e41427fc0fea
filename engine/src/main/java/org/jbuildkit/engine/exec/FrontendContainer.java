package org.jbuildkit.engine.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.HostIP;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecretEnv;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.WatchedStep;

/**
 * A container that a frontend asks for, or that it runs in. Mounts are made at once; the container
 * runs with its first process. What processes write is dropped when it is closed.
 */
public final class FrontendContainer implements AutoCloseable {
  private final Containers containers;
  private final Job job;
  private final Request request;
  private final SessionFiles session;
  private static final int KILL = 9;

  private final ExecMounts mounts;
  private Optional<Containers.Container> running = Optional.empty();
  private boolean closed;

  private Optional<WatchedStep> watch = Optional.empty();

  private FrontendContainer(
      Containers containers, Job job, Request request, SessionFiles session, ExecMounts mounts) {
    this.containers = containers;
    this.job = job;
    this.request = request;
    this.session = session;
    this.mounts = mounts;
  }

  /**
   * What is asked for.
   *
   * @param mounts whose inputs and outputs do not count
   * @param trees what each mount starts with; handles stay the caller's
   * @param hostname empty for the default
   * @param files more to be seen in the container
   */
  public record Request(
      List<Mount> mounts,
      List<Optional<Ref>> trees,
      NetMode network,
      List<HostIP> hosts,
      String hostname,
      List<ContainerMount> files) {
    public Request {
      mounts = List.copyOf(mounts);
      trees = List.copyOf(trees);
      hosts = List.copyOf(hosts);
      files = List.copyOf(files);
      if (mounts.size() != trees.size()) {
        throw new IllegalArgumentException("not a tree for each mount");
      }
    }
  }

  /** A process to be run. */
  public record Program(
      Meta meta, SecurityMode security, List<SecretEnv> secrets, boolean hasTerminal) {
    public Program {
      secrets = List.copyOf(secrets);
    }
  }

  /**
   * Makes the mounts.
   *
   * @param job whose session lends secrets and agents, and whose grants count
   * @throws BuildException for what the build was not granted
   */
  public static FrontendContainer open(
      ExecWorker worker, Containers containers, Job job, Request request)
      throws IOException, InterruptedException {
    var _ = Confinement.network(request.network());
    var _ = Confinement.hosts(request.hosts());
    if (request.network() == NetMode.HOST) {
      job.require("network.host");
    }
    var op = ExecOp.newBuilder().setMeta(Meta.newBuilder().setCwd("/"));
    for (int i = 0; i < request.mounts().size(); i++) {
      op.addMounts(request.mounts().get(i).toBuilder().setInput(i).setOutput(-1));
    }
    var session =
        new SessionFiles(
            worker.sessions(), job.sessionId().isEmpty() ? List.of() : List.of(job.sessionId()));
    var mounts = ExecMounts.prepare(op.build(), request.trees(), worker, session);
    var container = new FrontendContainer(containers, job, request, session, mounts);
    container.watch =
        Optional.of(worker.refs().budget().watch(mounts.writtenTrees(), container::stop));
    return container;
  }

  /**
   * Starts a process: the first one is the container's own.
   *
   * @throws IOException if it can't be started
   */
  public RunningProcess start(Program program) throws IOException, InterruptedException {
    var security = Confinement.security(program.security());
    if (security == ContainerProcess.Security.INSECURE) {
      job.require("security.insecure");
    }
    if (program.meta().getArgsCount() == 0) {
      throw BuildException.invalid("arguments are required");
    }
    var env = environment(program);
    Containers.Container container;
    synchronized (this) {
      if (closed) {
        throw new IOException("the container was released");
      }
      if (running.isEmpty()) {
        var made = containers.start(first(program, env), program.hasTerminal());
        running = Optional.of(made);
        return made.main();
      }
      container = running.get();
    }
    // Waits for the first process, so without the monitor: others may close meanwhile.
    var meta = program.meta();
    return container.add(
        new AddedProcess(
            meta.getArgsList(),
            env,
            folder(meta),
            meta.getUser(),
            security,
            program.hasTerminal()));
  }

  private List<String> environment(Program program) throws InterruptedException {
    var env =
        new ArrayList<>(ExecEnvironment.of(program.meta(), session.variables(program.secrets())));
    if (program.hasTerminal() && env.stream().noneMatch(value -> value.startsWith("TERM="))) {
      env.add("TERM=xterm");
    }
    return env;
  }

  private static String folder(Meta meta) {
    return meta.getCwd().isEmpty() ? "/" : meta.getCwd();
  }

  private ContainerProcess first(Program program, List<String> env) {
    var meta = program.meta();
    var seen = new ArrayList<>(mounts.mounts());
    seen.addAll(request.files());
    return new ContainerProcess(
        meta.getArgsList(),
        env,
        folder(meta),
        meta.getUser(),
        request.hostname(),
        mounts.root(),
        mounts.isRootReadOnly(),
        seen,
        Confinement.network(request.network()),
        Confinement.security(program.security()),
        Confinement.hosts(request.hosts()),
        List.of(),
        "",
        Optional.empty(),
        List.of(),
        meta.getRemoveMountStubsRecursive());
  }

  /** How many mounts there are. */
  public int mountCount() {
    return request.mounts().size();
  }

  /** Where a mount's tree can be reached from outside; nothing for mounts that hold no tree. */
  public Optional<Path> folder(int mount) {
    return mounts.folder(mount);
  }

  /** The disk is full of what it writes. */
  private void stop() {
    Optional<Containers.Container> container;
    synchronized (this) {
      container = running;
    }
    try {
      if (container.isPresent()) {
        container.get().main().signal(KILL);
      }
    } catch (IOException _) {
      // It has ended by itself.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all processes, and drops what they wrote. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    watch.ifPresent(WatchedStep::close);
    try {
      if (running.isPresent()) {
        running.get().close();
      }
    } finally {
      mounts.close();
    }
  }
}
