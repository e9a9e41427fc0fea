package org.jbuildkit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionTest {
  @Test
  void daemonCallsTheClientThroughTheTunnel() throws Exception {
    try (var control = new ControlFixture();
        var server = SessionServer.start("key", List.of())) {
      try (var _ = server.connect(control.channel)) {
        var session = control.registry.await("prefix:" + server.id(), Duration.ofSeconds(5));
        assertThat(session.sharedKey()).isEqualTo("key");
        assertThat(session.supports("/grpc.health.v1.health/CHECK")).isTrue();
        var answer =
            HealthGrpc.newBlockingStub(session.channel())
                .check(HealthCheckRequest.getDefaultInstance());
        assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
      }
      for (int i = 0; i < 100 && control.registry.find(server.id()).isPresent(); i++) {
        Thread.sleep(20);
      }
      assertThat(control.registry.find(server.id())).isEmpty();
    }
  }

  @Test
  void aSessionThatIsOpeningGetsTheTimeToDoSo() throws Exception {
    try (var control = new ControlFixture();
        var server = SessionServer.start("", List.of());
        var _ = server.connect(control.channel)) {
      control.registry.letOpen(server.id());
      var session = control.registry.find(server.id()).orElseThrow();
      assertThat(session.awaitGreeted(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void missingSessionIsNamedAfterTheWait() throws Exception {
    try (var registry = new SessionRegistry()) {
      assertThatThrownBy(() -> registry.await("gone", Duration.ofMillis(20)))
          .isInstanceOf(BuildException.class)
          .hasMessage("no active session for gone: context deadline exceeded");
    }
  }

  @Test
  void idsAre25CharactersOfBase36() {
    assertThat(RandomId.next()).matches("[0-9a-z]{25}").isNotEqualTo(RandomId.next());
  }
}
