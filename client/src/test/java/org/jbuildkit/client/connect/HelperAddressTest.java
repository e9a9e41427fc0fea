package org.jbuildkit.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelperAddressTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          docker-container://foo?context=ctx       | docker --context=ctx exec -i foo buildctl dial-stdio
          docker-container://foo/bar               | docker exec -i foo buildctl dial-stdio
          podman-container://Foo                   | podman exec -i Foo buildctl dial-stdio
          nerdctl-container://foo?namespace=ns     | nerdctl exec --namespace ns -i foo buildctl dial-stdio
          kube-pod://p                             | kubectl --context= --namespace= exec --container= -i p -- buildctl dial-stdio
          kube-pod://u@p:1?context=c&namespace=n&container=ct | kubectl --context=c --namespace=n exec --container=ct -i p -- buildctl dial-stdio
          ssh://h                                  | ssh -- h buildctl dial-stdio
          ssh://u@h:22/run/x.sock                  | ssh -l u -p 22 -- h buildctl --addr unix:///run/x.sock dial-stdio
          ssh://h/                                 | ssh -- h buildctl --addr unix:/// dial-stdio
          """)
  void argumentsAreThoseOfTheOriginal(String address, String command) {
    assertThat(HelperAddress.command(address).map(words -> String.join(" ", words)))
        .hasValue(command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          docker-container://        | url lacks container name
          kube-pod://                | url lacks pod name
          kube-pod://A_b             | unsupported pod name: "A_b"
          kube-pod://p?namespace=N   | unsupported namespace name: "N"
          kube-pod://p?container=x/y | unsupported container name: "x/y"
          ssh://                     | no host specified
          ssh://u:pw@h               | plain-text password is not supported
          ssh://h?x=y                | extra query after the host: "x=y"
          ssh://h#f                  | extra fragment after the host: "f"
          npipe://x                  | npipe connections are only supported on windows
          %zz                        | parse "%zz": invalid URL escape "%zz"
          """)
  void addressesThatMakeNoSenseAreRefused(String address, String message) {
    assertThatThrownBy(() -> HelperAddress.command(address)).hasMessage(message);
  }

  @Test
  void socketsNeedNoProgram() {
    assertThat(HelperAddress.command("unix:///run/x.sock")).isEmpty();
    assertThat(HelperAddress.command("tcp://h:1234")).isEmpty();
    assertThat(HelperAddress.command("foo")).isEmpty();
  }
}
