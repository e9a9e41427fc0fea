package org.jbuildkit.client.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jbuildkit.session.attach.SshAgents.Origin;
import org.jbuildkit.session.attach.SshAgents.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshOptionsTest {
  @TempDir Path folder;
  private ServerSocketChannel server;
  private Path socket;
  private Path file;

  @BeforeEach
  void files() throws Exception {
    socket = folder.resolve("sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    file = Files.writeString(folder.resolve("k"), "no key");
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  private Map<String, Origin> parse(String... values) {
    return SshOptions.parse(List.of(values), Map.of("SSH_AUTH_SOCK", socket.toString()));
  }

  @Test
  void socketsAreTakenAsTheyAre() {
    assertThat(parse("default", "b=" + socket + ",raw=true", "c,d=" + socket))
        .containsEntry("default", new Socket(socket, false))
        .containsEntry("b", new Socket(socket, true))
        .containsEntry("c,d", new Socket(socket, false));
  }

  @Test
  void whatCannotBeAnAgentIsRefusedInTheWordsOfTheOriginal() {
    var context = "failed to convert agent config {default [%s] false}: ";
    var inner = context + "failed to convert agent config for ID: \"default\": ";
    assertThatThrownBy(() -> parse("default=" + file))
        .hasMessage(inner.formatted(file) + "failed to parse " + file + ": ssh: no key found");
    assertThatThrownBy(() -> parse("default=" + socket + "," + file))
        .hasMessage(inner.formatted(socket + " " + file) + "only single socket allowed");
    assertThatThrownBy(() -> parse("default=" + file + "," + socket))
        .hasMessage(
            inner.formatted(file + " " + socket) + "invalid combination of keys and sockets");
    assertThatThrownBy(() -> parse("x=raw=true"))
        .hasMessage("raw mode must supply exactly one socket path for \"x\"");
    assertThatThrownBy(() -> parse("x=raw=maybe")).hasMessage("invalid value for 'raw': maybe");
    assertThatThrownBy(() -> parse("default", "default"))
        .hasMessage("duplicate agent ID \"default\"");
    assertThatThrownBy(() -> SshOptions.parse(List.of("default"), Map.of()))
        .hasMessage(
            context.formatted("")
                + "invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
  }
}
