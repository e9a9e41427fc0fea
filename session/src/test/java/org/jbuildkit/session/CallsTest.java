package org.jbuildkit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.session.attach.SecretSource;
import org.jbuildkit.session.attach.SshAgents;
import org.jbuildkit.session.attach.Uploads;
import org.jbuildkit.session.calls.AgentForward;
import org.jbuildkit.session.calls.CredentialRequest;
import org.jbuildkit.session.calls.SecretRequest;
import org.jbuildkit.session.calls.UploadRequest;
import org.jbuildkit.session.stream.ByteDuplex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class CallsTest {
  @TempDir Path folder;

  private interface Body {
    void run(SessionRegistry registry, Session session) throws Exception;
  }

  private static void with(List<BindableService> services, Body body) throws Exception {
    try (var control = new ControlFixture();
        var server = SessionServer.start("", services);
        var _ = server.connect(control.channel)) {
      body.run(control.registry, control.registry.await(server.id(), Duration.ofSeconds(5)));
    }
  }

  @Test
  void secretComesFromTheClientAndAnUnknownOneIsAbsent() throws Exception {
    var secrets = new SecretSource(Map.of("pin", new SecretSource.Origin.FromValue("1234")));
    with(
        List.of(secrets),
        (registry, session) -> {
          var ids = List.of(session.id());
          assertThat(SecretRequest.find(registry, ids, "pin"))
              .hasValue("1234".getBytes(StandardCharsets.UTF_8));
          assertThat(SecretRequest.find(registry, ids, "other")).isEmpty();
        });
  }

  @Test
  void clientWithoutAServiceIsNoFailureWhereItIsOptional() throws Exception {
    with(
        List.of(),
        (registry, session) -> {
          assertThat(SecretRequest.find(registry, List.of(session.id()), "pin")).isEmpty();
          assertThat(new AgentForward(session, "").isOffered()).isFalse();
          var request = new CredentialRequest(session, "registry.test:5000");
          assertThat(request.tokenAuthority(new byte[32])).isEmpty();
          assertThat(request.login()).isEqualTo(new CredentialRequest.Login("", ""));
          assertThatThrownBy(() -> SecretRequest.find(registry, List.of(), "pin"))
              .isInstanceOf(BuildException.class)
              .hasMessage("no active sessions");
        });
  }

  @Test
  void uploadIsFetchedOnce() throws Exception {
    var data = new byte[5_000_000];
    data[4_999_999] = 7;
    var uploads = new Uploads();
    var path = URI.create(uploads.add(new ByteArrayInputStream(data))).getPath();
    with(
        List.of(uploads),
        (_, session) -> {
          try (var input = UploadRequest.open(session, path)) {
            assertThat(input.readAllBytes()).isEqualTo(data);
          }
          try (var input = UploadRequest.open(session, path)) {
            assertThatThrownBy(input::readAllBytes)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no http response from session for " + path.substring(1));
          }
        });
  }

  @Test
  void connectionToAnAgentEndsInBothDirections() throws Exception {
    var path = folder.resolve("agent");
    var agents = new SshAgents(Map.of("default", new SshAgents.Socket(path, true)));
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var scope = TaskScope.open()) {
      listener.bind(UnixDomainSocketAddress.of(path));
      scope.fork(() -> {
        try (var peer = listener.accept()) {
          var buffer = ByteBuffer.allocate(64);
          while (peer.read(buffer) >= 0) {
            // Everything is sent back once the other side has ended.
          }
          return peer.write(buffer.flip());
        }
      });
      with(
          List.of(agents),
          (_, session) -> {
            var forward = new AgentForward(session, "");
            assertThat(forward.isOffered()).isTrue();
            assertThatThrownBy(() -> new AgentForward(session, "x").isOffered())
                .hasMessageContaining("unset ssh forward key x");
            var answer = new ByteArrayOutputStream();
            forward.carry(
                ByteDuplex.of(
                    new ByteArrayInputStream("ask".getBytes(StandardCharsets.UTF_8)),
                    answer,
                    () -> {}));
            assertThat(answer.toString(StandardCharsets.UTF_8)).isEqualTo("ask");
          });
      scope.join();
    }
  }
}
