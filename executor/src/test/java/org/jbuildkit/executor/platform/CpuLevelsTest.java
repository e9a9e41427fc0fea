package org.jbuildkit.executor.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuLevelsTest {
  private static final String SECOND = "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3";
  private static final String THIRD = "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave";

  private static String processor(String features) {
    return "processor\t: 0\nflags\t\t: fpu " + features + "\nbugs\t:\n\nprocessor\t: 1\n";
  }

  @Test
  void levelsAreListedAsFarAsAllTheirFeaturesAreThere() {
    assertThat(CpuLevels.variants(processor("sse"))).isEmpty();
    assertThat(CpuLevels.variants(processor(SECOND))).containsExactly("v2");
    assertThat(CpuLevels.variants(processor(SECOND + " " + THIRD))).containsExactly("v2", "v3");
    assertThat(CpuLevels.variants(processor(THIRD))).isEmpty();
    assertThat(CpuLevels.variants("")).isEmpty();
  }
}
