package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyntaxChoiceTest {
  private static void check(String file, Map<String, String> options) {
    SyntaxChoice.check(file.getBytes(StandardCharsets.UTF_8), options);
  }

  @Test
  void dockersOwnLanguageIsTheBuiltInOne() {
    assertThatCode(() -> check("# syntax=docker/dockerfile:1.7\nFROM scratch\n", Map.of()))
        .doesNotThrowAnyException();
    assertThatCode(() -> check("FROM scratch\n# syntax=other/x\n", Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void otherFrontendImagesAreRefusedByName() {
    assertThatThrownBy(() -> check("#!/x\n# escape=`\n# syntax=other/x:1 y\n", Map.of()))
        .hasMessageContaining("frontend image other/x:1");
    assertThatThrownBy(
            () -> check("FROM scratch\n", Map.of("build-arg:BUILDKIT_SYNTAX", "other/x")))
        .hasMessageContaining("frontend image other/x");
  }
}
