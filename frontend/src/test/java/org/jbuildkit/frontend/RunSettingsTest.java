package org.jbuildkit.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.oci.Platform;
import org.junit.jupiter.api.Test;

class RunSettingsTest {
  @Test
  void optionsSessionAndPlatformComeFromTheEnvironment() {
    var settings =
        RunSettings.of(
            Map.of(
                "BUILDKIT_FRONTEND_OPT_0", "build-arg:A=b=c",
                "BUILDKIT_FRONTEND_OPT_17", "no-cache=",
                "BUILDKIT_FRONTEND_OPT_2", "nothing",
                "BUILDKIT_SESSION_ID", "s",
                "BUILDKIT_WORKERS",
                    "[{\"id\":\"w\",\"platforms\":[{\"architecture\":\"arm64\",\"os\":\"linux\"}]}]"));
    assertThat(settings.options())
        .isEqualTo(new LinkedHashMap<>(Map.of("build-arg:A", "b=c", "no-cache", "")));
    assertThat(settings.sessionId()).isEqualTo("s");
    assertThat(settings.platform()).contains(Platform.parse("linux/arm64"));
  }

  @Test
  void aDaemonNeedNotTellOfItsWorkers() {
    assertThat(RunSettings.of(Map.of()).platform()).isEmpty();
    assertThat(RunSettings.of(Map.of("BUILDKIT_WORKERS", "[]")).platform()).isEmpty();
    assertThatThrownBy(() -> RunSettings.of(Map.of("BUILDKIT_WORKERS", "[")))
        .hasMessageStartingWith("failed to parse BUILDKIT_WORKERS");
  }
}
