package org.jbuildkit.systemtests;

import io.grpc.ManagedChannel;
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
record DockerBuilder(EventLoopGroup group, TunnelClient tunnel) implements AutoCloseable {

  /**
   * @param folder for the client's files
   */
  static DockerBuilder dial(DockerEngine docker, Path folder)
      throws IOException, InterruptedException {
    var dial = DockerEngine.buildx(folder.resolve("config"), List.of("dial-stdio"));
    dial.environment().put("DOCKER_HOST", docker.address());
    var process =
        dial.redirectErrorStream(false).redirectError(folder.resolve("dial.log").toFile()).start();
    var group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    var bytes =
        ByteDuplex.of(process.getInputStream(), process.getOutputStream(), process::destroy);
    return new DockerBuilder(group, TunnelClient.over(bytes, group));
  }

  ManagedChannel channel() {
    return tunnel.channel();
  }

  @Override
  public void close() {
    tunnel.close();
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
