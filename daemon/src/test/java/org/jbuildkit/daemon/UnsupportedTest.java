package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.jbuildkit.protocol.control.SolveRequest;
import org.junit.jupiter.api.Test;

/** What is refused before anything is built. */
class UnsupportedTest {
  private static SolveRequest request(String option, String value) {
    return SolveRequest.newBuilder().putFrontendAttrs(option, value).build();
  }

  @Test
  void attestationsThatNobodyMakesAreRefused() {
    assertThatThrownBy(() -> Unsupported.check(request("attest:sbom", "generator=")))
        .hasMessage("sbom generator cannot be empty");
    assertThatThrownBy(() -> Unsupported.check(request("attest:sbom", "generator=A")))
        .hasMessageStartingWith("failed to parse sbom generator A: invalid reference format");
    assertThatThrownBy(() -> Unsupported.check(request("attest:other", "")))
        .hasMessage("unknown attestation type \"other\"");
    assertThatThrownBy(() -> Unsupported.check(request("attest:provenance", "mode=most")))
        .hasMessage("invalid mode \"most\"");
    var preset = request("attest:provenance", "mode=min,inline-only=true");
    assertThatCode(() -> Unsupported.check(preset)).doesNotThrowAnyException();
  }

  @Test
  void importsAreRefusedInAFrontendsOptionsToo() {
    assertThatThrownBy(() -> Unsupported.check(request("cache-imports", "[{}]")))
        .hasMessage("cache imports are not supported by this daemon");
    assertThat(Unsupported.wantsImports(Map.of("cache-imports", "[]"))).isFalse();
    assertThat(Unsupported.wantsImports(Map.of())).isFalse();
  }
}
