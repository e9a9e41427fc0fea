package org.jbuildkit.systemtests;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.tunnel.TunnelClient;

/** The builder inside Docker's engine, reached as build clients reach it. */
final class PeerTunnel {
  private PeerTunnel() {}

  /**
   * @param address of the engine
   * @param folder for what the client keeps
   * @param started takes what is to be closed, the last first
   */
  static TunnelClient open(String address, Path folder, List<AutoCloseable> started)
      throws IOException, InterruptedException {
    var dial = DockerEngine.buildx(folder.resolve("config"), List.of("dial-stdio"));
    dial.environment().put("DOCKER_HOST", address);
    var process =
        dial.redirectErrorStream(false).redirectError(folder.resolve("dial.log").toFile()).start();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    started.addFirst(() -> {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    });
    var tunnel =
        TunnelClient.over(
            ByteDuplex.of(process.getInputStream(), process.getOutputStream(), process::destroy),
            group);
    started.addFirst(tunnel);
    return tunnel;
  }
}
