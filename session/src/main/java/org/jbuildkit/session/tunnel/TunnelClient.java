package org.jbuildkit.session.tunnel;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.stream.ByteDuplex;

/** A gRPC client whose one connection runs over a byte stream. Closing it closes the stream. */
public final class TunnelClient implements AutoCloseable {
  private final ManagedChannel channel;
  private final Channel listener;
  private final ByteDuplex duplex;

  private TunnelClient(ManagedChannel channel, Channel listener, ByteDuplex duplex) {
    this.channel = channel;
    this.listener = listener;
    this.duplex = duplex;
  }

  /**
   * Takes over {@code duplex}. The connection is made at once.
   *
   * @param group of {@link io.netty.channel.local.LocalIoHandler}; shared, not closed here
   */
  public static TunnelClient over(ByteDuplex duplex, EventLoopGroup group)
      throws InterruptedException {
    var address = new LocalAddress(TunnelClient.class);
    var used = new AtomicBoolean();
    var listener =
        new ServerBootstrap()
            .group(group)
            .channel(LocalServerChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<LocalChannel>() {
                  @Override
                  protected void initChannel(LocalChannel child) {
                    if (used.compareAndSet(false, true)) {
                      child.pipeline().addLast(new LocalBridge(duplex));
                    } else {
                      var _ = child.close(); // only one connection is allowed
                    }
                  }
                })
            .bind(address)
            .sync()
            .channel();
    var channel =
        NettyChannelBuilder.forAddress(listener.localAddress())
            .channelType(LocalChannel.class, LocalAddress.class)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .eventLoopGroup(group)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .usePlaintext()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(WireLimits.MAX_MESSAGE)
            .maxInboundMetadataSize(WireLimits.SESSION_MAX_HEADERS)
            .build();
    channel.getState(true);
    return new TunnelClient(channel, listener, duplex);
  }

  /** For calls to the services at the stream's other end. */
  public ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    var _ = listener.close();
    duplex.close();
  }
}
