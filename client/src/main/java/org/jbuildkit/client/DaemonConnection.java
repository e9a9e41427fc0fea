package org.jbuildkit.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.errors.StatusCodec;

/** A lazy connection to a daemon: the first call makes it. */
public final class DaemonConnection implements AutoCloseable {
  private final ManagedChannel channel;
  private final Optional<EventLoopGroup> group;
  private final String dialed;

  private DaemonConnection(ManagedChannel channel, Optional<EventLoopGroup> group, String dialed) {
    this.channel = channel;
    this.group = group;
    this.dialed = dialed;
  }

  /**
   * @param address {@code unix://path} or {@code tcp://host:port}
   * @param tls used for {@code tcp} only
   */
  public static DaemonConnection open(String address, TlsFiles tls) {
    var group =
        new MultiThreadIoEventLoopGroup(
            1,
            (ThreadFactory) task -> Thread.ofPlatform().daemon().name("io").unstarted(task),
            NioIoHandler.newFactory());
    try {
      if (address.startsWith("unix://")) {
        var path = address.substring("unix://".length());
        var builder =
            NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(path))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .overrideAuthority("localhost")
                .usePlaintext();
        return new DaemonConnection(build(builder, group), Optional.of(group), "unix " + path);
      }
      if (address.startsWith("tcp://")) {
        var target = address.substring("tcp://".length());
        var builder = tls.configure(target);
        return new DaemonConnection(build(builder, group), Optional.of(group), "tcp " + target);
      }
      throw BuildException.failed(
          "failed to dial \"" + address + "\" . make sure buildkitd is running");
    } catch (RuntimeException e) {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  /** Talks over a channel made elsewhere, such as one to a daemon in this process; owns it. */
  public static DaemonConnection over(ManagedChannel channel) {
    return new DaemonConnection(channel, Optional.empty(), channel.authority());
  }

  private static ManagedChannel build(NettyChannelBuilder builder, EventLoopGroup group) {
    return builder
        .eventLoopGroup(group)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .maxInboundMessageSize(WireLimits.MAX_MESSAGE)
        .build();
  }

  public ManagedChannel channel() {
    return channel;
  }

  public ControlGrpc.ControlBlockingStub control() {
    return ControlGrpc.newBlockingStub(channel);
  }

  /** A failed unary call's error; one that never reached the daemon says what was dialled. */
  public BuildException explain(StatusRuntimeException error) {
    if (error.getStatus().getCode() != Status.Code.UNAVAILABLE
        || !(error.getStatus().getCause() instanceof IOException cause)) {
      return StatusCodec.decode(error);
    }
    return new BuildException(
        ErrorCode.UNAVAILABLE,
        "Unavailable: connection error: desc = \"transport: Error while dialing: dial "
            + dialed
            + ": connect: "
            + reason(cause)
            + "\"",
        error);
  }

  private static String reason(Throwable cause) {
    var text = BuildException.describe(cause).toLowerCase(java.util.Locale.ROOT);
    for (var known :
        List.of("no such file or directory", "connection refused", "permission denied")) {
      if (text.contains(known)) {
        return known;
      }
    }
    return text;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    group.ifPresent(loops -> {
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    });
  }
}
