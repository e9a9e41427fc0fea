package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The key that a real server has. */
@Timeout(60)
class SshHostKeyTest {
  private static final Path SERVER = Path.of("/usr/sbin/sshd");

  @TempDir Path folder;

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process start(int port, Path key) throws Exception {
    var config = Files.writeString(folder.resolve("config"), "UsePAM no\n");
    var process =
        new ProcessBuilder(
                List.of(
                    SERVER.toString(),
                    "-D",
                    "-e",
                    "-f",
                    config.toString(),
                    "-h",
                    key.toString(),
                    "-p",
                    Integer.toString(port),
                    "-o",
                    "ListenAddress=127.0.0.1",
                    "-o",
                    "PidFile=none"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    for (int i = 0; i < 100; i++) {
      try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return process;
      } catch (IOException _) {
        Thread.sleep(50);
      }
    }
    process.destroy();
    assumeTrue(false, "sshd does not start: " + Files.readString(folder.resolve("log")));
    return process;
  }

  @ParameterizedTest
  @CsvSource({"ed25519", "ecdsa", "rsa"})
  void itIsTheLineOfKnownHosts(String type) throws Exception {
    assumeTrue(Files.isExecutable(SERVER), "no sshd");
    var key = folder.resolve("key");
    var made =
        new ProcessBuilder("ssh-keygen", "-q", "-t", type, "-N", "", "-f", key.toString()).start();
    assertThat(made.waitFor()).isZero();
    int port = freePort();
    var process = start(port, key);
    try {
      var words = Files.readString(folder.resolve("key.pub")).split(" ", 3);
      var host = "127.0.0.1:" + port;

      assertThat(new HostKeys().of(host))
          .hasValue("[127.0.0.1]:%d %s %s".formatted(port, words[0], words[1]));
    } finally {
      process.destroy();
    }
  }

  @Test
  void whoeverIsNoSshServerHasNone() throws Exception {
    try (var server = new ServerSocket(0)) {
      Thread.ofVirtual()
          .start(() -> {
            try (var client = server.accept()) {
              client
                  .getOutputStream()
                  .write(
                      "SSH-2.0-x\r\n\177\377\377\377\1"
                          .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      var host = "127.0.0.1:" + server.getLocalPort();

      assertThatThrownBy(() -> SshHostKey.scan(host)).isInstanceOf(IOException.class);
    }
    assertThat(new HostKeys().of("127.0.0.1:99999")).isEmpty();
  }
}
