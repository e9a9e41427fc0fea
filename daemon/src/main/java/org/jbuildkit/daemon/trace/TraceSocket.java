package org.jbuildkit.daemon.trace;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jbuildkit.base.BuildException;

/**
 * The socket at which processes of steps hand in their spans, and nothing else. Its file stays: the
 * next daemon puts its own in its place.
 */
public final class TraceSocket implements AutoCloseable {
  private final Server server;

  private TraceSocket(Server server) {
    this.server = server;
  }

  /**
   * Listens, for anybody on the host.
   *
   * @throws BuildException {@code creating trace controller listener: …}
   */
  public static TraceSocket open(Path socket, EventLoopGroup loops, TraceIntake.Sink sink) {
    try {
      var folder = socket.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.deleteIfExists(socket);
      var server =
          NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
              .channelType(NioServerDomainSocketChannel.class)
              .withChildOption(ChannelOption.SO_KEEPALIVE, null)
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .directExecutor()
              .addService(new TraceIntake(sink))
              .build()
              .start();
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
      return new TraceSocket(server);
    } catch (IOException e) {
      throw BuildException.failed("creating trace controller listener", e);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
