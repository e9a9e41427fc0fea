package org.jbuildkit.engine.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvenanceOptionsTest {
  private static ProvenanceOptions parse(String value) {
    return ProvenanceOptions.of(Map.of("attest:provenance", value)).orElseThrow();
  }

  @Test
  void whatIsNotSaidHasDefaults() {
    assertThat(parse(""))
        .isEqualTo(
            new ProvenanceOptions(true, true, "", false, false, "provenance.json", false, false));
    assertThat(ProvenanceOptions.of(Map.of("target", "x"))).isEmpty();
  }

  @Test
  void everyOptionIsRead() {
    assertThat(
            parse(
                "type=provenance,mode=min,version=v0.2,builder-id=me,reproducible=true,"
                    + "inline-only=true,filename=p.json,complete-materials=1,disabled=true"))
        .isEqualTo(new ProvenanceOptions(false, false, "me", true, true, "p.json", true, false));
  }

  @Test
  void aBuildArgumentAsksToo() {
    assertThat(
            ProvenanceOptions.of(Map.of("build-arg:BUILDKIT_ATTEST_PROVENANCE", "mode=min"))
                .orElseThrow()
                .isMax())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mode=most|invalid mode \"most\"",
        "version=v2|invalid provenance SLSA version: v2",
        "version=|provenance SLSA version cannot be empty",
        "filename=|attestation does not have set path",
      })
  void mistakesAreNamed(String value, String message) {
    assertThatThrownBy(() -> parse(value)).hasMessage(message);
  }

  @Test
  void aBuildThatReadDirectoriesIsNotComplete() {
    var capture = new Capture();
    capture.requireComplete();
    capture.addLocal("context");
    assertThatThrownBy(capture::requireComplete)
        .hasMessageStartingWith("provenance materials are incomplete")
        .hasMessageContaining("context");
  }
}
