package org.jbuildkit.buildctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.cli.Environment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DialCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String address) {
    return Main.run(
        List.of("--addr", address, "dial-stdio"),
        new Environment(
            Map.of(),
            new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true),
            new PrintStream(err, true)));
  }

  /** Answers only once the client has sent all it has to. */
  private static int answer(ServerSocketChannel server) throws IOException {
    try (var client = server.accept()) {
      var text = new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
      Channels.newOutputStream(client).write(("got " + text).getBytes(StandardCharsets.UTF_8));
    }
    return 0;
  }

  @Test
  void eachDirectionEndsByItself() throws Exception {
    var socket = folder.resolve("sock");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var scope = TaskScope.open()) {
      server.bind(UnixDomainSocketAddress.of(socket));
      scope.fork(() -> answer(server));
      assertThat(run("unix://" + socket)).isZero();
      scope.join();
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("got hello");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void onlySocketsAreDialled() {
    assertThat(run("tcp://h:1")).isEqualTo(1);
    assertThat(run("here")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            error: invalid address tcp://h:1 (expected unix://, got tcp://)
            error: invalid address here
            """);
  }
}
