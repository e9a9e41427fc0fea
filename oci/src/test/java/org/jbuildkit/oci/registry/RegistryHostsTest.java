package org.jbuildkit.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.oci.registry.RegistryHost.Role;
import org.jbuildkit.oci.registry.RegistryHost.Scheme;
import org.junit.jupiter.api.Test;

/** Which servers are asked for a registry's content. */
class RegistryHostsTest {
  private static RegistrySettings settings(List<String> mirrors, Optional<Boolean> http) {
    return new RegistrySettings(mirrors, http, false, List.of(), List.of(), List.of());
  }

  @Test
  void theHubHasAHostOfItsOwn() {
    var host = RegistryHosts.standard().of("docker.io").getFirst();
    assertThat(host.authority()).isEqualTo("registry-1.docker.io");
    assertThat(host.scheme()).isEqualTo(Scheme.HTTPS);
    assertThat(host.uri("library/busybox", "manifests/1", ""))
        .hasToString("https://registry-1.docker.io/v2/library/busybox/manifests/1");
    assertThat(ConfiguredHosts.speaksFor("registry-1.docker.io", "docker.io")).isTrue();
  }

  @Test
  void onlyThisMachineIsSpokenToWithoutTlsUnasked() {
    for (var local :
        List.of("localhost", "localhost:5000", "127.0.0.1:80", "127.9.9.9", "[::1]:5")) {
      assertThat(RegistryHosts.standard().of(local).getFirst().scheme())
          .as(local)
          .isEqualTo(Scheme.HTTP);
    }
    for (var remote :
        List.of("localhost.example.com", "128.0.0.1", "example.com:5000", "127.0.0.1.nip.io")) {
      assertThat(RegistryHosts.standard().of(remote).getFirst().scheme())
          .as(remote)
          .isEqualTo(Scheme.HTTPS);
    }
  }

  @Test
  void mirrorsComeFirstWithTheSettingsOfTheirOwnNames() {
    var hosts =
        RegistryHosts.configured(
                Map.of(
                    "docker.io",
                    settings(
                        List.of("https://plain.example.com/proxy/", "b.example.com"),
                        Optional.empty()),
                    "plain.example.com",
                    settings(List.of(), Optional.of(true))))
            .of("docker.io");
    assertThat(hosts)
        .extracting(host -> host.uri("a", "t", "").toString())
        .containsExactly(
            "http://plain.example.com/v2/proxy/a/t",
            "https://b.example.com/v2/a/t",
            "https://registry-1.docker.io/v2/a/t");
    assertThat(hosts).extracting(host -> host.has(Role.PUSH)).containsExactly(false, false, true);
  }

  @Test
  void aRegistryWithSettingsOffersNoReferrers() {
    var own = RegistryHosts.configured(Map.of("example.com", RegistrySettings.NONE));
    assertThat(own.of("example.com").getFirst().has(Role.REFERRERS)).isFalse();
    assertThat(own.of("other.example.com").getFirst().has(Role.REFERRERS)).isTrue();
  }
}
