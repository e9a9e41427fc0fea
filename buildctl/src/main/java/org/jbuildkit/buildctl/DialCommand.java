package org.jbuildkit.buildctl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.buildctl.daemon.Connection;
import org.jbuildkit.cli.Command;
import org.jbuildkit.cli.Environment;

/** {@code buildctl dial-stdio}: the daemon's socket on standard input and output. */
final class DialCommand {
  private DialCommand() {}

  static Command command(Environment environment) {
    return Command.hidden("Proxy the stdio stream to the daemon connection.", "dial-stdio")
        .action(invocation -> {
          var address = Connection.address(invocation);
          copy(address, environment);
          return 0;
        });
  }

  private static void copy(String address, Environment environment)
      throws IOException, InterruptedException {
    int scheme = address.indexOf("://");
    if (scheme < 0) {
      throw BuildException.failed("invalid address " + address);
    }
    if (!address.startsWith("unix://")) {
      throw BuildException.failed(
          "invalid address "
              + address
              + " (expected unix://, got "
              + address.substring(0, scheme)
              + "://)");
    }
    var socket = UnixDomainSocketAddress.of(address.substring("unix://".length()));
    try (var channel = SocketChannel.open(socket);
        var scope = TaskScope.open()) {
      // The reader of standard input cannot be interrupted, so it is not waited for.
      var _ = Thread.ofPlatform().daemon().start(() -> send(environment.in(), channel));
      scope.fork(() -> {
        pump(Channels.newInputStream(channel), environment.out());
        return 0;
      });
      scope.join();
    }
  }

  private static void send(InputStream in, SocketChannel channel) {
    try {
      var buffer = new byte[32 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        var bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      channel.shutdownOutput();
    } catch (IOException _) {
      // The daemon has closed; the other direction ends too.
    }
  }

  private static void pump(InputStream in, OutputStream out) throws IOException {
    var buffer = new byte[32 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      out.flush();
    }
  }
}
