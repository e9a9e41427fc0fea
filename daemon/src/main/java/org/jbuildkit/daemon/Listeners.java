package org.jbuildkit.daemon;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.daemon.config.ListenConfig;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.CallHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's open addresses, all of them serving the same. */
final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final int MAX_MESSAGE = 16 << 20;
  private static final int MAX_SOCKET_PATH = 104;
  private static final int SOCKET_MODE = 0660;
  private static final int FOLDER_MODE = 0770;

  private final ListenConfig config;
  private final EventLoopGroup loops;
  private final ExecutorService calls;
  private final Served served;
  private final Activity activity;
  private final List<Server> servers = new ArrayList<>();
  private final List<EventLoopGroup> ownLoops = new ArrayList<>();
  private final List<Path> sockets = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  private Listeners(
      ListenConfig config,
      EventLoopGroup loops,
      ExecutorService calls,
      Served served,
      Activity activity) {
    this.config = config;
    this.loops = loops;
    this.calls = calls;
    this.served = served;
    this.activity = activity;
  }

  /** Opens all addresses; if one fails, none stays open. */
  static Listeners open(
      ListenConfig config,
      EventLoopGroup loops,
      ExecutorService calls,
      Served served,
      Activity activity)
      throws IOException {
    var listeners = new Listeners(config, loops, calls, served, activity);
    try {
      for (var address : config.addresses()) {
        listeners.listen(address);
      }
      return listeners;
    } catch (IOException | RuntimeException e) {
      listeners.close();
      throw e;
    }
  }

  private void listen(String address) throws IOException {
    int rest = address.indexOf("://") + "://".length();
    switch (address.substring(0, rest)) {
      case "unix://" -> unix(Path.of(address.substring(rest)));
      case "fd://" -> inherited(address.substring(rest));
      default -> tcp(address.substring(rest));
    }
  }

  private void inherited(String which) throws IOException {
    var listener = InheritedListener.ofSystemd(System.getenv());
    if (!which.isEmpty()) {
      throw BuildException.failed("not supported yet");
    }
    // The address only names it: the socket is bound.
    var address = new InetSocketAddress(0);
    boolean isEncrypted = listener.isNetwork() && config.tls().isPresent();
    var builder =
        isEncrypted
            ? NettyServerBuilder.forAddress(address, credentials(config.tls().get()))
            : NettyServerBuilder.forAddress(address);
    start(builder.channelFactory(() -> listener).withChildOption(ChannelOption.SO_KEEPALIVE, null));
    names.add(listener.name());
  }

  private void unix(Path socket) throws IOException {
    var path = socket.toString();
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
      throw BuildException.invalid(
          "failed to create unix socket on %s: \"%s\": unix socket path too long (> %d)"
              .formatted(path, path, MAX_SOCKET_PATH));
    }
    int uid = config.uid().orElse(ProcessCalls.effectiveUserId());
    int gid = config.gid().orElse(ProcessCalls.groupId());
    var parent = socket.toAbsolutePath().getParent();
    if (parent != null && !Files.exists(parent)) {
      Files.createDirectories(parent);
      own(parent, uid, gid, FOLDER_MODE);
    }
    Files.deleteIfExists(socket);
    if (config.tls().isPresent()) {
      LOG.warn("TLS is disabled for {}", path);
    }
    start(
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .withChildOption(ChannelOption.SO_KEEPALIVE, null));
    sockets.add(socket);
    own(socket.toAbsolutePath(), uid, gid, SOCKET_MODE);
    names.add(path);
  }

  private static void own(Path path, int uid, int gid, int mode) throws IOException {
    var parent = path.getParent();
    if (parent == null) {
      return;
    }
    try (var folder = Dir.open(parent)) {
      var name = org.jbuildkit.base.ByteName.ofText(path.getFileName().toString());
      if (uid != ProcessCalls.effectiveUserId() || gid != ProcessCalls.groupId()) {
        folder.chown(name, uid, gid);
      }
      folder.chmod(name, mode);
    }
  }

  private void tcp(String target) throws IOException {
    int colon = target.lastIndexOf(':');
    if (colon < 0 || !target.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw BuildException.invalid("listen tcp: address " + target + ": missing port in address");
    }
    var host = target.substring(0, colon).replaceAll("^\\[|\\]$", "");
    int port = Integer.parseInt(target.substring(colon + 1));
    var address = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    NettyServerBuilder builder;
    if (config.tls().isPresent()) {
      builder = NettyServerBuilder.forAddress(address, credentials(config.tls().get()));
    } else {
      LOG.warn(
          "TLS is not enabled for tcp://{}. enabling mutual TLS authentication is highly"
              + " recommended",
          target);
      builder = NettyServerBuilder.forAddress(address);
    }
    var server =
        start(builder.channelType(io.netty.channel.socket.nio.NioServerSocketChannel.class));
    names.add((host.isEmpty() ? "[::]" : host) + ":" + server.getPort());
  }

  private static io.grpc.ServerCredentials credentials(ListenConfig.Tls tls) {
    var credentials = TlsServerCredentials.newBuilder();
    try {
      credentials.keyManager(tls.certificate().toFile(), tls.key().toFile());
    } catch (IOException | IllegalArgumentException e) {
      throw BuildException.failed("could not load server key pair", e);
    }
    Optional<Path> ca = tls.ca();
    if (ca.isPresent()) {
      try {
        credentials.trustManager(ca.get().toFile());
      } catch (IOException | IllegalArgumentException e) {
        throw BuildException.failed("could not read ca certificate", e);
      }
      credentials.clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
    }
    return credentials.build();
  }

  /** Serves the process itself, too. The channel works until the listeners are closed. */
  ManagedChannel openChannel() throws IOException {
    // Two loops: with both ends on one, a message larger than the window can get stuck.
    var group = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
    ownLoops.add(group);
    var address = new LocalAddress(Listeners.class);
    start(
        NettyServerBuilder.forAddress(address)
            .channelType(LocalServerChannel.class)
            .withChildOption(ChannelOption.SO_KEEPALIVE, null),
        group);
    return NettyChannelBuilder.forAddress(address)
        .channelType(LocalChannel.class, LocalAddress.class)
        .withOption(ChannelOption.SO_KEEPALIVE, null)
        .overrideAuthority("localhost")
        .eventLoopGroup(group)
        .executor(calls)
        .maxInboundMessageSize(MAX_MESSAGE)
        .maxInboundMetadataSize(WireLimits.MAX_HEADERS)
        .usePlaintext()
        .build();
  }

  private Server start(NettyServerBuilder builder) throws IOException {
    return start(builder, loops);
  }

  private Server start(NettyServerBuilder builder, EventLoopGroup group) throws IOException {
    builder
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .executor(calls)
        .maxInboundMessageSize(MAX_MESSAGE)
        .intercept(new CallHeaders())
        .intercept(activity)
        .addTransportFilter(activity);
    served.interceptors().forEach(builder::intercept);
    served.services().forEach(builder::addService);
    var server = builder.build().start();
    servers.add(server);
    return server;
  }

  /** What the daemon listens on, in words. */
  List<String> names() {
    return List.copyOf(names);
  }

  /** Takes no more calls and waits for those in progress. */
  void stop(long graceSeconds) throws InterruptedException {
    servers.forEach(Server::shutdown);
    removeSockets();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(graceSeconds);
    for (var server : servers) {
      if (!server.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        server.shutdownNow();
        var _ = server.awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
    for (var group : ownLoops) {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
    removeSockets();
  }

  private void removeSockets() {
    for (var socket : sockets) {
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        LOG.warn("can't remove the socket {}", socket, e);
      }
    }
  }
}
