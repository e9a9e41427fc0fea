package org.jbuildkit.executor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.Uninterrupted;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.engine.exec.Containers;
import org.jbuildkit.engine.exec.Executor;
import org.jbuildkit.engine.exec.ProcessOutput;
import org.jbuildkit.engine.exec.StepTrace;
import org.jbuildkit.executor.device.DeviceRegistry;
import org.jbuildkit.executor.network.Networks;
import org.jbuildkit.executor.network.StepNetwork;
import org.jbuildkit.executor.usage.ControlGroup;
import org.jbuildkit.executor.usage.StepMeter;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileStat;
import org.jbuildkit.linux.RootedPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs processes with an OCI runtime, each in a container of its own. A container's folder holds
 * its document and is gone when the process has ended.
 */
public final class OciExecutor implements Executor, Containers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OciExecutor.class);
  private static final long KILL_MILLIS = 10_000;
  private static final long KILL_POLL_MILLIS = 50;
  private static final int BUFFER = 32 << 10;
  private static final List<String> ETC_OPTIONS =
      List.of("nosuid", "noexec", "nodev", "rbind", "ro");

  private final ExecutorOptions options;
  private final Path bundles;
  private final OciRuntime runtime;
  private final EtcFiles etc;
  private final RuntimeDocument.Host host;
  private final Networks networks;
  private final RuntimeAdvice advice;
  private final RunningContainers running = new RunningContainers();
  private final OpenContainers open = new OpenContainers();

  private OciExecutor(ExecutorOptions options, Path bundles, OciRuntime runtime, Networks networks)
      throws IOException {
    this.options = options;
    this.bundles = bundles;
    this.runtime = runtime;
    this.etc = new EtcFiles(options.dns());
    this.host =
        RuntimeDocument.Host.of(
            options.cgroupParent(),
            new SecurityLabels(options.apparmorProfile(), options.selinux(), Path.of("/")));
    this.networks = networks;
    this.advice = new RuntimeAdvice(runtime.program());
  }

  /**
   * Finds the runtime, and ends what an earlier process left running in the folder.
   *
   * @throws IOException {@code failed to find runc binary}, {@code CNI setup error: …}
   */
  public static OciExecutor open(ExecutorOptions options) throws IOException, InterruptedException {
    var states = Files.createDirectories(options.folder().resolve("runtime"));
    var bundles = Files.createDirectories(options.folder().resolve("containers"));
    sweep(states, options);
    try (var left = Files.newDirectoryStream(bundles)) {
      for (var bundle : left) {
        remove(bundle);
      }
    }
    var found = OciRuntime.find(options.runtime(), options.searchPath(), states);
    var state = Files.createDirectories(states.resolve(found.program().getFileName()));
    var networks = Networks.open(options.network());
    return new OciExecutor(
        options, bundles, new OciRuntime(found.program(), state, found.prefix()), networks);
  }

  /** Each runtime has its own folder, so what another one left can be ended by that one. */
  private static void sweep(Path states, ExecutorOptions options)
      throws IOException, InterruptedException {
    try (var folders = Files.newDirectoryStream(states)) {
      for (var folder : folders) {
        try {
          var name = folder.getFileName().toString();
          var program = OciRuntime.find(name, options.searchPath(), folder);
          program.sweep();
        } catch (IOException e) {
          LOG.warn("can't end what was left in {}: {}", folder, e.getMessage());
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (var left = Files.walk(folder)) {
      for (var path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** What steps see that ask for no network in particular: cni, host or none. */
  public String networkName() {
    return networks.name();
  }

  /** The devices that steps may ask for. */
  public DeviceRegistry devices() {
    return options.devices();
  }

  /** What is known of the runtime's version. */
  public RuntimeAdvice advice() {
    return advice;
  }

  /** The runtime's program. */
  public Path runtimeProgram() {
    return runtime.program();
  }

  @Override
  public int run(ContainerProcess process, ProcessOutput output)
      throws IOException, InterruptedException {
    var id = RandomId.next();
    var bundle = Files.createDirectory(bundles.resolve(id));
    running.enter();
    try {
      return run(id, bundle, process, output);
    } finally {
      remove(bundle);
      running.leave();
    }
  }

  private int run(String id, Path bundle, ContainerProcess process, ProcessOutput output)
      throws IOException, InterruptedException {
    try (var root = Dir.open(process.root());
        var network = networks.open(process.network(), process.hostname())) {
      var user = ContainerUser.find(root, process.user());
      refuseLinkedDevices(root);
      var stubs = MountStubs.before(root, process.mounts(), process.removesStubParents());
      makeWorkingDirectory(root, process.cwd(), user);
      var document = writeDocument(id, bundle, process, user, network.network(), false);
      try {
        return measured(id, bundle, document, output);
      } finally {
        stubs.remove();
      }
    }
  }

  /** CVE-2026-41579: runtimes remove and make names in what {@code /dev} leads to, on the host. */
  private static void refuseLinkedDevices(Dir root) throws IOException {
    if (root.tryStat(ByteName.ofText("dev")).filter(FileStat::isSymlink).isPresent()) {
      throw BuildException.invalid("/dev is a link in the root of the process");
    }
  }

  private int measured(String id, Path bundle, RuntimeDocument document, ProcessOutput output)
      throws IOException, InterruptedException {
    // Only a kept group tells whether the kernel killed for want of memory. It costs a call more.
    boolean keeps = document.limitsMemory() && runtime.canKeep();
    var group =
        ControlGroup.of(Path.of("/sys/fs/cgroup"), host.cgroupVersion(), document.controlGroup());
    try (var meter = new StepMeter(id, group, Clock.systemUTC())) {
      int status = await(id, runtime.run(bundle, id, keeps), output);
      output.used(meter.usage());
      return status;
    } finally {
      if (keeps) {
        deleted(id);
      }
    }
  }

  private void deleted(String id) throws IOException {
    try {
      Uninterrupted.call(() -> runtime.delete(id));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("container " + id + " can't be removed", e);
    }
  }

  @Override
  public Container start(ContainerProcess process, boolean hasTerminal)
      throws IOException, InterruptedException {
    var id = RandomId.next();
    var bundle = Files.createDirectory(bundles.resolve(id));
    Optional<Dir> opened = Optional.empty();
    Optional<Networks.Lease> lease = Optional.empty();
    try {
      var root = Dir.open(process.root());
      opened = Optional.of(root);
      var network = networks.open(process.network(), process.hostname());
      lease = Optional.of(network);
      var user = ContainerUser.find(root, process.user());
      refuseLinkedDevices(root);
      var stubs = MountStubs.before(root, process.mounts(), process.removesStubParents());
      makeWorkingDirectory(root, process.cwd(), user);
      writeDocument(id, bundle, process, user, network.network(), hasTerminal);
      var container =
          new OciContainer(
              id,
              bundle,
              runtime,
              new ProcessDocument(host.own()),
              root,
              runtime.start(bundle, id, hasTerminal),
              (_, main) -> end(id, bundle, main, stubs, network));
      open.add(container);
      return container;
    } catch (IOException | InterruptedException | RuntimeException e) {
      opened.ifPresent(Dir::close);
      if (lease.isPresent()) {
        lease.get().close();
      }
      remove(bundle);
      throw e;
    }
  }

  private void end(String id, Path bundle, Process main, MountStubs stubs, Networks.Lease network)
      throws IOException {
    open.remove(id);
    try (network) {
      if (main.isAlive()) {
        kill(id, main);
      }
      stubs.remove();
    } finally {
      remove(bundle);
    }
  }

  private RuntimeDocument writeDocument(
      String id,
      Path bundle,
      ContainerProcess process,
      ContainerUser user,
      StepNetwork network,
      boolean hasTerminal)
      throws IOException {
    var edits = options.devices().edits(process.devices());
    var hostname = process.hostname().isEmpty() ? "buildkitsandbox" : process.hostname();
    var resolver = EtcFiles.write(bundle.resolve("resolv.conf"), etc.resolver(process.network()));
    var hosts =
        EtcFiles.write(bundle.resolve("hosts"), EtcFiles.hosts(hostname, process.extraHosts()));
    var document =
        new RuntimeDocument(
            id,
            process.with(edits.env(), edits.mounts()),
            user,
            network,
            host,
            List.of(
                new ContainerMount.Bind("/etc/resolv.conf", resolver, ETC_OPTIONS),
                new ContainerMount.Bind("/etc/hosts", hosts, ETC_OPTIONS)),
            traceSocket(),
            edits,
            hasTerminal);
    Files.write(bundle.resolve("config.json"), document.bytes());
    return document;
  }

  private List<ContainerMount> traceSocket() {
    return options
        .traceSocket()
        .filter(Files::exists)
        .<ContainerMount>map(
            socket -> new ContainerMount.Bind(StepTrace.SOCKET, socket, List.of("ro", "rbind")))
        .stream()
        .toList();
  }

  /** The runtime would make missing folders as root; they are to be the process's own. */
  private static void makeWorkingDirectory(Dir root, String cwd, ContainerUser user)
      throws IOException {
    if (cwd.isEmpty()) {
      return;
    }
    var path = RootedPath.resolve(root, ByteName.ofText(cwd), true);
    var missing = new ArrayList<ByteName>();
    while (!path.isEmpty() && root.tryStat(path).isEmpty()) {
      missing.addFirst(path);
      path = path.parent().orElse(ByteName.EMPTY);
    }
    for (var folder : missing) {
      root.makeDir(folder, 0755);
      root.chown(folder, (int) user.uid(), (int) user.gid());
      root.chmod(folder, 0755);
    }
  }

  private int await(String id, Process process, ProcessOutput output)
      throws IOException, InterruptedException {
    // Reads of pipes block their thread for as long as a step runs.
    var readers =
        List.of(
            reader(id, process.getInputStream(), ProcessOutput.STDOUT, output),
            reader(id, process.getErrorStream(), ProcessOutput.STDERR, output));
    try {
      int status = process.waitFor();
      for (var reader : readers) {
        reader.join();
      }
      return status;
    } catch (InterruptedException e) {
      kill(id, process);
      throw e;
    }
  }

  private static Thread reader(String id, InputStream in, int stream, ProcessOutput output) {
    return Thread.ofPlatform()
        .daemon()
        .name("output " + stream + " of " + id)
        .start(() -> {
          try (in) {
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
              output.write(stream, Arrays.copyOf(buffer, n));
            }
          } catch (IOException e) {
            LOG.warn("output of {} ends early: {}", id, e.getMessage());
          }
        });
  }

  /** Kills until it is dead: a container that is only being made can't be killed yet. */
  private void kill(String id, Process process) throws IOException {
    long until = System.nanoTime() + KILL_MILLIS * 1_000_000;
    boolean ended = false;
    while (!ended && System.nanoTime() < until) {
      try {
        var _ = runtime.kill(id);
        ended = process.waitFor(KILL_POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        // The end is near already.
      }
    }
    if (ended) {
      return;
    }
    process.destroyForcibly();
    try {
      if (!runtime.delete(id)) {
        LOG.warn("container {} can't be removed", id);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills what runs. */
  @Override
  public void close() {
    open.close();
    try {
      running.end(KILL_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    networks.close();
  }
}
