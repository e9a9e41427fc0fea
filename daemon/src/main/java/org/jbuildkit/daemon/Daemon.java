package org.jbuildkit.daemon;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.StoredKeys;
import org.jbuildkit.engine.job.Jobs;
import org.jbuildkit.engine.op.OpFactory;
import org.jbuildkit.engine.op.Permits;
import org.jbuildkit.exporters.DirectoryExporter;
import org.jbuildkit.exporters.LayoutExporter;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.KeyGraph;
import org.jbuildkit.sources.LocalSource;
import org.jbuildkit.sources.OciLayoutSource;
import org.jbuildkit.store.CacheKeyTable;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.FileContentStore;
import org.jbuildkit.store.LayerBlobs;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.RandomId;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.checksum.ContentChecksum;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running daemon. Everything is made and joined here, and nowhere else. */
final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final int MAX_MESSAGE = 16 << 20;

  private final RootLock lock;
  private final Database database;
  private final SessionRegistry sessions = new SessionRegistry();
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final Path socket;

  /**
   * Opens the root and starts to listen.
   *
   * @param root absolute; made if it is missing
   * @param socket path of the unix socket
   */
  Daemon(Path root, Path socket) throws IOException {
    var clock = Clock.systemUTC();
    Files.createDirectories(root);
    this.socket = socket;
    this.lock = RootLock.take(root);
    this.database = Database.open(root.resolve("jbuildkit.db"));
    var content = FileContentStore.open(root.resolve("content"));
    var refs =
        RefStore.open(
            root,
            OverlaySnapshotter.open(root.resolve("snapshots")),
            new BlobUnpacker(content),
            database,
            clock);
    var keys = new KeyGraph(new StoredKeys(new CacheKeyTable(database)), RandomId::next);
    var ops =
        new OpFactory(
            List.of(
                new LocalSource(sessions, refs, clock),
                new OciLayoutSource(sessions, refs, content)),
            refs,
            new ContentChecksum(),
            new Permits(0),
            clock);
    var engine = new BuildEngine(ops, keys, refs, clock, LOG::warn);
    var blobs = new LayerBlobs(refs, content);
    var jobs = new Jobs(clock);
    var builds = new Builds();
    var exporters =
        List.<org.jbuildkit.engine.Exporter>of(
            new LayoutExporter(false, blobs, sessions, clock),
            new LayoutExporter(true, blobs, sessions, clock),
            new DirectoryExporter(refs, sessions, clock));
    var flow = new SolveFlow(engine, jobs, builds, exporters, clock);
    var worker = Worker.describe(root, refs.snapshotter().name());
    this.server =
        listen(
            new ControlService(flow, jobs, sessions, refs, worker),
            new GatewayService(builds, worker));
  }

  private Server listen(ControlService control, GatewayService gateway) throws IOException {
    if (socket.getParent() != null) {
      Files.createDirectories(socket.getParent());
    }
    Files.deleteIfExists(socket);
    var health = new HealthStatusManager();
    return NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
        .channelType(NioServerDomainSocketChannel.class)
        .withChildOption(ChannelOption.SO_KEEPALIVE, null)
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .executor(calls)
        .maxInboundMessageSize(MAX_MESSAGE)
        .intercept(new CallHeaders())
        .addService(control)
        .addService(gateway)
        .addService(health.getHealthService())
        .build()
        .start();
  }

  /** Waits for calls in progress, then lets go of everything. */
  void stop(long graceSeconds) throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(graceSeconds, TimeUnit.SECONDS)) {
      server.shutdownNow();
      var _ = server.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    sessions.close();
    calls.shutdownNow();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    database.close();
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.warn("can't remove the socket {}", socket, e);
    }
    lock.close();
  }
}
