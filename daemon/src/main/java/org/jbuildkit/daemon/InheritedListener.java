package org.jbuildkit.daemon;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.AbstractNioMessageChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;

/**
 * A listening socket that this process was started with. Binding it does nothing: whoever opened it
 * has bound it.
 */
final class InheritedListener extends AbstractNioMessageChannel implements ServerChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final ServerSocketChannel socket;
  private final ChannelConfig config = new DefaultChannelConfig(this);

  private InheritedListener(ServerSocketChannel socket) {
    super(null, socket, SelectionKey.OP_ACCEPT);
    this.socket = socket;
  }

  /**
   * The first socket that systemd passed, which the launcher has made the standard input.
   *
   * @throws BuildException if there is none for this process
   */
  static InheritedListener ofSystemd(Map<String, String> environment) throws IOException {
    boolean isMeant =
        environment
            .getOrDefault("LISTEN_PID", "")
            .equals(Long.toString(ProcessHandle.current().pid()));
    boolean isSome = environment.getOrDefault("LISTEN_FDS", "").matches("0*[1-9][0-9]*");
    var channel = isMeant && isSome ? System.inheritedChannel() : null;
    if (channel instanceof ServerSocketChannel socket) {
      return new InheritedListener(socket);
    }
    throw BuildException.failed(
        "no sockets found via socket activation: make sure the service was started by systemd");
  }

  /** Whether peers reach it through a network. */
  boolean isNetwork() {
    return !(localAddress0() instanceof UnixDomainSocketAddress);
  }

  /** The address in words. */
  String name() {
    return Optional.ofNullable(localAddress0()).map(SocketAddress::toString).orElse("fd://");
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    var connection = socket.accept();
    if (connection == null) {
      return 0;
    }
    accepted.add(
        isNetwork()
            ? new NioSocketChannel(this, connection)
            : new NioDomainSocketChannel(this, connection));
    return 1;
  }

  @Override
  protected void doBind(SocketAddress address) {
    // Done by whoever opened the socket.
  }

  @Override
  public boolean isActive() {
    return isOpen();
  }

  @Override
  protected SocketAddress localAddress0() {
    try {
      return socket.getLocalAddress();
    } catch (IOException e) {
      throw new IllegalStateException("the inherited socket has no address", e);
    }
  }

  @Override
  protected void doClose() throws Exception {
    socket.close();
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected boolean closeOnReadError(Throwable cause) {
    return false;
  }

  @Override
  @SuppressWarnings("NullAway") // nobody is connected to a listener
  protected SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  protected boolean doConnect(SocketAddress remote, SocketAddress local) {
    throw new UnsupportedOperationException("a listener does not connect");
  }

  @Override
  protected void doFinishConnect() {
    throw new UnsupportedOperationException("a listener does not connect");
  }

  @Override
  protected void doDisconnect() {
    throw new UnsupportedOperationException("a listener is not connected");
  }

  @Override
  protected boolean doWriteMessage(Object message, ChannelOutboundBuffer buffer) {
    throw new UnsupportedOperationException("nothing is written to a listener");
  }
}
