package org.jbuildkit.buildx;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jbuildkit.cli.Environment;

/** The Docker command line's way to tell a plugin that it is to end: it closes a socket. */
final class PluginSocket {
  private PluginSocket() {}

  /** Interrupts a thread when the Docker command line wants the plugin to end. */
  static void watch(Environment environment, Thread worker) {
    var path = environment.variable("DOCKER_CLI_PLUGIN_SOCKET");
    // Names of the abstract kind, which older versions use, can't be connected to from here; they
    // send signals as well.
    if (path.startsWith("/")) {
      Thread.ofVirtual().name("plugin-socket").start(() -> read(path, worker));
    }
  }

  private static void read(String path, Thread worker) {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      var buffer = ByteBuffer.allocate(1);
      while (channel.read(buffer) >= 0) {
        buffer.clear();
      }
      worker.interrupt();
    } catch (IOException _) {
      // There is no such socket: signals have to do.
    }
  }
}
