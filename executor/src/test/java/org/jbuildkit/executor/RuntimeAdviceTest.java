package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeAdviceTest {

  /** CVE-2024-21626 and its kin: an old runtime is warned of, revisions counted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          runc version 1.1.5+ds1;commit: 1.1.5+ds1-1           | CVE-2024-21626
          runc version 1.1.11                                  | CVE-2024-21626
          runc version 1.1.5+ds1;commit: 1.1.5+ds1-1+deb12u1   | CVE-2025-31133
          runc version 1.1.12                                  | CVE-2025-31133
          runc version 1.3.2                                   | CVE-2025-31133
          runc version 1.1.5+ds1;commit: 1.1.5+ds1-1+deb12u1   | CVE-2025-52881
          runc version 1.1.15+ds1;commit: 1.1.15+ds1-2         | CVE-2025-52565
          runc version 1.4.0-rc.2                              | CVE-2025-31133
          runc version 1.2.8                                   | CVE-2026-41579
          runc version 1.3.5                                   | CVE-2026-41579
          runc version 1.4.2                                   | CVE-2026-41579
          runc version 1.5.0-rc.2                              | CVE-2026-41579
          crun version 1.4.3                                   | CVE-2022-27650
          """)
  void oldRuntimesAreWarnedOf(String answer, String hole) {
    assertThat(RuntimeAdvice.warning(answer.replace(';', '\n')).orElseThrow()).contains(hole);
  }

  @ParameterizedTest
  @CsvSource({
    "runc version 1.3.6",
    "runc version 1.4.3",
    "runc version 1.5.0-rc.3",
    "runc version 1.5.0",
    "crun version 1.8"
  })
  void repairedOnesAreNot(String answer) {
    assertThat(RuntimeAdvice.warning(answer)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1', CVE-2024-21626",
    "'runc version 1.1.7-0ubuntu1~22.04.2', CVE-2024-21626",
    "runc version 1.2.8, CVE-2025-31133",
    "runc version 1.3.3-0ubuntu1~24.04.2, CVE-2025-31133",
    "runc version 1.4.0-rc.3, CVE-2025-31133"
  })
  void aDistributionsRepairCounts(String answer, String hole) {
    assertThat(RuntimeAdvice.warning(answer).orElse("")).doesNotContain(hole);
  }
}
