package org.jbuildkit.session.tunnel;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.stream.ByteDuplex;

/** A gRPC server whose one connection comes over a byte stream. */
public final class TunnelServer implements AutoCloseable {
  private final EventLoopGroup group;
  private final Server server;

  private TunnelServer(EventLoopGroup group, Server server) {
    this.group = group;
    this.server = server;
  }

  /** Starts serving; {@link #attach} brings the connection. */
  public static TunnelServer start(List<BindableService> services, ServerInterceptor interceptor)
      throws IOException {
    var group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    var builder =
        NettyServerBuilder.forAddress(new LocalAddress(TunnelServer.class))
            .channelType(LocalServerChannel.class)
            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .intercept(interceptor)
            .maxInboundMessageSize(WireLimits.MAX_SESSION_SERVER_MESSAGE)
            .maxInboundMetadataSize(WireLimits.SESSION_MAX_HEADERS)
            .maxConcurrentCallsPerConnection(WireLimits.SESSION_MAX_STREAMS)
            .flowControlWindow(WireLimits.SESSION_WINDOW);
    services.forEach(builder::addService);
    return new TunnelServer(group, builder.build().start());
  }

  /** The services' methods, each as {@code /package.Service/Method}. */
  public List<String> methods() {
    return server.getImmutableServices().stream()
        .map(ServerServiceDefinition::getMethods)
        .flatMap(methods -> methods.stream())
        .map(method -> "/" + method.getMethodDescriptor().getFullMethodName())
        .toList();
  }

  /** Serves the connection that {@code duplex} carries and returns when it has ended. */
  public void attach(ByteDuplex duplex) throws InterruptedException {
    var channel =
        new Bootstrap()
            .group(group)
            .channel(LocalChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new LocalBridge(duplex))
            .connect(server.getListenSockets().getFirst())
            .sync()
            .channel();
    channel.closeFuture().await();
  }

  @Override
  public void close() {
    server.shutdownNow();
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
