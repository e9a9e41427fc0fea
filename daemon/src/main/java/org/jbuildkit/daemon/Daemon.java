package org.jbuildkit.daemon;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.daemon.config.FrontendsConfig;
import org.jbuildkit.daemon.config.GcConfig;
import org.jbuildkit.daemon.trace.SpanForwarding;
import org.jbuildkit.daemon.trace.TraceIntake;
import org.jbuildkit.daemon.trace.TraceSocket;
import org.jbuildkit.daemon.trace.Tracing;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.Exporter;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.exec.CacheMounts;
import org.jbuildkit.engine.exec.ExecWorker;
import org.jbuildkit.engine.exec.LogLimits;
import org.jbuildkit.engine.exec.Scratch;
import org.jbuildkit.engine.gateway.Frontends;
import org.jbuildkit.engine.history.BuildHistory;
import org.jbuildkit.engine.job.Jobs;
import org.jbuildkit.engine.op.InputContent;
import org.jbuildkit.engine.op.OpFactory;
import org.jbuildkit.engine.op.Permits;
import org.jbuildkit.engine.trace.RecordedSpan;
import org.jbuildkit.engine.trace.SpanRecorder;
import org.jbuildkit.executor.OciExecutor;
import org.jbuildkit.exporters.DirectoryExporter;
import org.jbuildkit.exporters.ImageExporter;
import org.jbuildkit.exporters.LayoutExporter;
import org.jbuildkit.exporters.TarExporter;
import org.jbuildkit.oci.registry.EnvironmentProxies;
import org.jbuildkit.protocol.otlp.ResourceSpans;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.sources.BlobOrigin;
import org.jbuildkit.sources.HttpDownloads;
import org.jbuildkit.sources.HttpSource;
import org.jbuildkit.sources.ImageBlobSource;
import org.jbuildkit.sources.ImageStores;
import org.jbuildkit.sources.LocalSource;
import org.jbuildkit.sources.OciLayoutSource;
import org.jbuildkit.sources.RegistrySource;
import org.jbuildkit.sources.git.GitSource;
import org.jbuildkit.store.LayerBlobs;
import org.jbuildkit.store.Pruner;
import org.jbuildkit.store.SnapshotterChoice;
import org.jbuildkit.store.SpaceBudget;
import org.jbuildkit.store.SpaceWatch;
import org.jbuildkit.store.checksum.ContentChecksum;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running daemon. Everything is made and joined here, and nowhere else. */
final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final Duration END_TIME = Duration.ofSeconds(10);

  private final RootLock lock;
  private final Stores stores;
  private final ContentChecksum checksums =
      new ContentChecksum(e -> LOG.warn("can't keep digests of a tree", e));
  private final SpanRecorder spans = new SpanRecorder(Clock.systemUTC());
  private final SpanForwarding forwarding = SpanForwarding.of(System.getenv());
  private final Tracing tracing = new Tracing(this::keep, Clock.systemUTC());
  private final SessionRegistry sessions = new SessionRegistry(tracing::ofSession);
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Activity activity = new Activity();
  private final OciExecutor executor;
  private final Registries registries;
  private final HttpDownloads downloads =
      new HttpDownloads(Registries.USER_AGENT, new EnvironmentProxies(System.getenv()));
  private final Background look;
  private final Collector collector;
  private final SpaceWatch space;
  private final BuildHistory history;
  private final Optional<TraceSocket> intake;
  private final Listeners listeners;

  /** Opens the root, which is made if it is missing, and starts to listen. */
  Daemon(DaemonConfig config) throws IOException, InterruptedException {
    var clock = Clock.systemUTC();
    var root = config.root();
    Files.createDirectories(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    this.lock = RootLock.take(root);
    // Before the store: what an earlier daemon left running still uses its trees.
    this.executor = OciExecutor.open(Steps.options(config));
    var scratch = Scratch.open(root.resolve("executor").resolve("mounts"));
    this.registries = Registries.of(config, clock);
    var diskSize = Collector.diskSize(root);
    var gc = config.ociWorker().gc();
    var budget = budget(gc, diskSize);
    var snapshotter = SnapshotterChoice.parse(config.ociWorker().snapshotter());
    this.stores = Stores.open(root, snapshotter, budget, clock);
    this.space = SpaceWatch.start(budget, stores.refs().snapshotter());
    var caches = new CacheMounts(stores.refs());
    var platforms = Steps.platforms(config, clock);
    this.look = FirstLook.start(platforms, executor.advice());
    var logLimits = LogLimits.of(System.getenv());
    var execs =
        new ExecWorker(
            executor,
            stores.refs(),
            caches,
            sessions,
            scratch,
            logLimits,
            Steps.emulators(config, platforms),
            executor.devices(),
            config.traceSocket(),
            clock);
    var refs = stores.refs();
    var rules = Collector.describe(gc.effective(diskSize), diskSize);
    var worker =
        Worker.describe(
            config, executor.networkName(), refs.snapshotter().name(), rules, platforms, executor);
    var engine = engine(config, execs, worker.id(), clock);
    var jobs = new Jobs(clock);
    var builds = new Builds();
    this.history =
        BuildHistory.open(
            stores.records(), stores.content(), stores::blobsOfResults, config.history(), clock);
    var containers = new BridgeContainers(execs, executor);
    var frontends = frontends(config.frontends(), containers, worker);
    var runs = new FrontendRuns(builds, frontends, worker.id());
    var flow =
        new SolveFlow(
            engine,
            jobs,
            runs,
            new Exports(exporters(clock), sessions, clock),
            new RequestChecks(sessions),
            config.entitlements(),
            history,
            new BuildProvenance.Source(config.provenanceEnvironment(), clock),
            new BuildTraces(spans, this::keep, tracing.maker()),
            clock);
    var pruner = new Pruner(refs, clock);
    this.collector = Collector.start(pruner, Collector.policies(rules));
    var services =
        List.of(
            new ControlService(flow, jobs, sessions, refs, worker, pruner, collector, history),
            new GatewayService(new BuildIds(builds), containers, worker),
            new ContentService(stores.content()),
            new TraceIntake(this::keep),
            new HealthService(),
            ProtoReflectionServiceV1.newInstance(),
            oldReflection());
    var served = new Served(services, List.of(new TimestampHeader(clock), tracing));
    if (config.traceSocket().isPresent()) {
      this.intake = Optional.of(TraceSocket.open(config.traceSocket().get(), loops, this::keep));
    } else {
      this.intake = Optional.empty();
    }
    this.listeners = Listeners.open(config.listen(), loops, calls, served, activity);
  }

  @SuppressWarnings("deprecation") // Clients still speak the old version.
  private static BindableService oldReflection() {
    return ProtoReflectionService.newInstance();
  }

  private void keep(RecordedSpan span) {
    spans.add(span);
    forwarding.add(List.of(span.message()));
  }

  private void keep(List<ResourceSpans> received) {
    spans.add(received);
    forwarding.add(received);
  }

  private BuildEngine engine(DaemonConfig config, ExecWorker execs, String workerId, Clock clock)
      throws IOException {
    var refs = stores.refs();
    var blobs = new BlobOrigin(registries.client(), sessions, registries.salt());
    var scratch = Scratch.open(config.root().resolve("git"));
    var git = new GitSource(sessions, refs, blobs, System.getenv(), scratch, clock);
    var images = new ImageStores(refs, stores.content(), stores.origins(), clock);
    var sources =
        List.<Source>of(
            new LocalSource(sessions, refs, checksums, clock),
            new OciLayoutSource(sessions, images),
            new RegistrySource(registries.client(), sessions, registries.salt(), images),
            new HttpSource(downloads, sessions, refs, clock),
            git,
            new ImageBlobSource(blobs, refs));
    var ops =
        new OpFactory(
            sources,
            refs,
            new InputContent(checksums, workerId),
            new Permits(config.ociWorker().maxParallelism()),
            clock,
            execs);
    return new BuildEngine(
        ops, execs.caches(), execs.devices(), stores.keys(), refs, clock, LOG::warn);
  }

  private static Frontends frontends(
      FrontendsConfig config, BridgeContainers containers, Worker worker) {
    var frontends = new ArrayList<Frontend>();
    if (config.dockerfile()) {
      frontends.add(new DockerfileLanguage(new OwnImages(config.runsOwnImages())));
    }
    if (config.gateway()) {
      frontends.add(new ImageFrontend(containers, worker, config.allowedRepositories()));
    }
    return new Frontends(frontends);
  }

  private List<Exporter> exporters(Clock clock) {
    var blobs = new LayerBlobs(stores.refs(), stores.content());
    var registry =
        new ImageExporter.Registry(registries.client(), stores.origins(), registries.salt());
    return List.of(
        new LayoutExporter(false, blobs, sessions, clock, Worker.VERSION),
        new LayoutExporter(true, blobs, sessions, clock, Worker.VERSION),
        new ImageExporter(blobs, registry, sessions, clock, Worker.VERSION),
        new DirectoryExporter(sessions, clock),
        new TarExporter(sessions, clock));
  }

  private static SpaceBudget budget(GcConfig gc, OptionalLong diskSize) {
    return gc.limit()
        .map(limit -> SpaceBudget.of(limit.on(diskSize)))
        .orElseGet(SpaceBudget::unlimited);
  }

  /** What it listens on, in words. */
  List<String> addresses() {
    return listeners.names();
  }

  /** A channel to the daemon for its own process. */
  ManagedChannel openChannel() throws IOException {
    return listeners.openChannel();
  }

  /** Waits until nobody has been connected for this long; then it serves nobody any more. */
  void awaitIdle(Duration timeout) throws InterruptedException {
    activity.awaitIdle(timeout);
  }

  /** Takes no more calls, and waits for those in progress. */
  void stop(long graceSeconds) throws InterruptedException {
    history.drain();
    listeners.stop(graceSeconds);
  }

  /** A build that was ended still lets go of its trees and stores its record. */
  private void endCalls() {
    calls.shutdownNow();
    try {
      if (!calls.awaitTermination(END_TIME.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("calls still run {} s after their end was asked for", END_TIME.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    listeners.close();
    collector.close();
    space.close();
    sessions.close();
    endCalls();
    history.close();
    intake.ifPresent(TraceSocket::close);
    forwarding.close();
    look.close();
    executor.close();
    registries.close();
    downloads.close();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    checksums.close();
    stores.close();
    lock.close();
  }
}
