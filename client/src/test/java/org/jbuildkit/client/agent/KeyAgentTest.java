package org.jbuildkit.client.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class KeyAgentTest {
  @TempDir Path folder;

  private String run(String... command) throws Exception {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SSH_AUTH_SOCK", folder.resolve("sock").toString());
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private Path key(String... options) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "ssh is not installed");
    var file = folder.resolve("key");
    var command = new java.util.ArrayList<>(List.of("ssh-keygen", "-q", "-f", file.toString()));
    command.addAll(List.of(options));
    run(command.toArray(String[]::new));
    return file;
  }

  /** Answers the requests of whoever connects. */
  private static void serve(ServerSocketChannel server, KeyAgent agent) {
    try {
      while (true) {
        try (var client = server.accept()) {
          var in = new DataInputStream(Channels.newInputStream(client));
          var out = new DataOutputStream(Channels.newOutputStream(client));
          while (true) {
            var answer = agent.answer(in.readNBytes(in.readInt()));
            out.writeInt(answer.length);
            out.write(answer);
          }
        } catch (java.io.EOFException _) {
          // The next one may come.
        }
      }
    } catch (IOException _) {
      // The test has ended.
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t ed25519",
        "-t rsa -b 2048",
        "-t rsa -b 2048 -m PEM",
        "-t rsa -b 2048 -m PKCS8",
        "-t ecdsa -b 256",
        "-t ecdsa -b 384",
        "-t ecdsa -b 521"
      })
  void opensshAcceptsItsSignatures(String kind) throws Exception {
    var file = key(words(kind));
    var agent = KeyAgent.of(List.of(file));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(folder.resolve("sock")));
      var _ = Thread.ofVirtual().start(() -> serve(server, agent));
      var listed = run("ssh-add", "-L").strip();
      assertThat(Files.readString(folder.resolve("key.pub"))).startsWith(listed);
      run("ssh-add", "-T", folder.resolve("key.pub").toString());
    }
  }

  private static String[] words(String kind) {
    var words = new java.util.ArrayList<>(List.of(kind.split(" ", -1)));
    words.addAll(List.of("-N", ""));
    return words.toArray(String[]::new);
  }

  @Test
  void filesWithoutUsableKeysAreNamed() throws Exception {
    var none = Files.writeString(folder.resolve("none"), "hello");
    assertThatThrownBy(() -> KeyAgent.of(List.of(none)))
        .hasMessage("failed to parse " + none + ": ssh: no key found");
    var locked = key("-t", "ed25519", "-N", "secret");
    assertThatThrownBy(() -> KeyAgent.of(List.of(locked)))
        .hasMessage(
            "failed to parse " + locked + ": ssh: this private key is passphrase protected");
  }

  @Test
  void requestsThatMakeNoSenseFail() throws Exception {
    var agent = KeyAgent.of(List.of());
    assertThat(agent.answer(new byte[] {13, 0, 0})).containsExactly(5);
    assertThat(agent.answer(new byte[] {13, 127, 0, 0, 0})).containsExactly(5);
    assertThat(agent.answer(new byte[] {17})).containsExactly(5);
  }
}
