package org.jbuildkit.client.connect;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.tunnel.TunnelClient;

/** A way to a daemon, of which its owner makes calls. */
public final class Dial implements AutoCloseable {
  private static final String UNIX = "unix://";
  private static final String TCP = "tcp://";

  private final Channel channel;
  private final CallWatch watch;
  private final DialFailure failure;
  private final List<AutoCloseable> parts;

  private Dial(Channel channel, CallWatch watch, DialFailure failure, List<AutoCloseable> parts) {
    this.channel = channel;
    this.watch = watch;
    this.failure = failure;
    this.parts = parts;
  }

  /**
   * The way to an address.
   *
   * @param environment may name the trace that calls belong to
   * @throws BuildException for addresses and TLS settings that make no sense; what else is wrong is
   *     found out by the first call
   */
  public static Dial to(String address, TlsFiles tls, Map<String, String> environment) {
    var watch = new CallWatch(environment);
    var helper = HelperAddress.command(address);
    if (helper.isPresent()) {
      if (tls.isUsed()) {
        throw BuildException.failed(
            "TLS options do not apply to an address that runs a program: " + address);
      }
      return overProgram(HelperProcess.start(helper.get()), watch);
    }
    var group = group(NioIoHandler.newFactory());
    try {
      if (address.startsWith(UNIX)) {
        var path = address.substring(UNIX.length());
        var builder =
            NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(path))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .overrideAuthority(tls.serverName().isEmpty() ? "localhost" : tls.serverName());
        return overSocket(builder, tls, tls.serverName(), group, watch, "dial unix " + path);
      }
      var target = address.startsWith(TCP) ? address.substring(TCP.length()) : address;
      if (!address.startsWith(TCP) && !isHostAndPort(target)) {
        return unusable("dial tcp: address " + target + ": missing port in address", group, watch);
      }
      var host = target.replaceFirst(":[0-9]+$", "").replaceFirst("^\\[(.*)]$", "$1");
      var name = tls.serverName().isEmpty() ? host : tls.serverName();
      var builder =
          NettyChannelBuilder.forTarget("dns:///" + target).channelType(NioSocketChannel.class);
      if (!tls.serverName().isEmpty()) {
        builder.overrideAuthority(tls.serverName());
      }
      return overSocket(builder, tls, name, group, watch, "dial tcp " + target);
    } catch (RuntimeException e) {
      end(group);
      throw e;
    }
  }

  /** A way made elsewhere, such as one to a daemon in this process; owns it. */
  public static Dial over(ManagedChannel channel) {
    var watch = new CallWatch(Map.of());
    return new Dial(
        channel,
        watch,
        _ -> Optional.empty(),
        List.of(() -> {
          var _ = channel.shutdownNow();
        }));
  }

  private static boolean isHostAndPort(String text) {
    return text.matches("[^/:]*:[0-9]+|\\[[^]]*]:[0-9]+");
  }

  private static Dial overSocket(
      NettyChannelBuilder builder,
      TlsFiles tls,
      String name,
      EventLoopGroup group,
      CallWatch watch,
      String dialed) {
    tls.context(name)
        .ifPresentOrElse(
            context -> builder.negotiationType(NegotiationType.TLS).sslContext(context),
            builder::usePlaintext);
    var channel =
        builder
            .eventLoopGroup(group)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .maxInboundMessageSize(WireLimits.MAX_MESSAGE)
            .maxInboundMetadataSize(WireLimits.MAX_HEADERS)
            .build();
    return new Dial(
        ClientInterceptors.intercept(channel, watch),
        watch,
        new SocketFailure(dialed),
        List.of(
            () -> {
              var _ = channel.shutdownNow();
            },
            () -> end(group)));
  }

  /** The program's streams are one connection, which is never made again. */
  private static Dial overProgram(HelperProcess helper, CallWatch watch) {
    return overStreams(helper, watch, _ -> helper.failure());
  }

  private static Dial unusable(String why, EventLoopGroup group, CallWatch watch) {
    end(group);
    return overStreams(
        HelperProcess.failed(why),
        watch,
        _ -> Optional.of("transport: Error while dialing: " + why));
  }

  private static Dial overStreams(HelperProcess helper, CallWatch watch, DialFailure failure) {
    var group = group(LocalIoHandler.newFactory());
    TunnelClient tunnel;
    try {
      tunnel = TunnelClient.over(helper.streams(), group);
    } catch (InterruptedException e) {
      end(group);
      Thread.currentThread().interrupt();
      throw new BuildException(ErrorCode.CANCELLED, "context canceled", e);
    }
    return new Dial(
        ClientInterceptors.intercept(tunnel.channel(), watch),
        watch,
        failure,
        List.of(tunnel, () -> end(group)));
  }

  private static EventLoopGroup group(IoHandlerFactory handlers) {
    return new MultiThreadIoEventLoopGroup(
        1,
        (ThreadFactory) task -> Thread.ofPlatform().daemon().name("io").unstarted(task),
        handlers);
  }

  private static void end(EventLoopGroup group) {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** For calls to the daemon. */
  public Channel channel() {
    return channel;
  }

  /** A failed unary call's error; one that never reached the daemon says what was dialled. */
  public BuildException explain(StatusRuntimeException error) {
    return isOurs(error)
        ? new BuildException(ErrorCode.CANCELLED, "Canceled: context canceled", error)
        : unreached(error).orElseGet(() -> StatusCodec.decode(error));
  }

  /** A failed stream's error, with the frame that such errors keep. */
  public BuildException explainStream(StatusRuntimeException error) {
    return isOurs(error)
        ? StatusCodec.framed(ErrorCode.CANCELLED, "context canceled")
        : unreached(error).orElseGet(() -> StatusCodec.decodeStream(error));
  }

  /** Whether a call ended because this thread was told to. */
  private static boolean isOurs(StatusRuntimeException error) {
    return error.getStatus().getCode() == Status.Code.CANCELLED
        && error.getStatus().getCause() instanceof InterruptedException;
  }

  private Optional<BuildException> unreached(StatusRuntimeException error) {
    return watch.isConnectionError(error)
        ? failure.of(error).map(reason -> DialFailure.error(reason, error))
        : Optional.empty();
  }

  @Override
  public void close() {
    for (var part : parts) {
      try {
        part.close();
      } catch (Exception _) {
        // What does not close does no harm: the program ends.
      }
    }
  }
}
