package org.jbuildkit.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CVE-2024-23650, CVE-2023-25153: documents that cost more to read than to send. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileJsonTest {
  private static Json parse(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void deepNestingIsRefusedBeforeTheStackEnds(String opening) {
    assertThatThrownBy(() -> parse(opening.repeat(1_000_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Written out again, each would be an array of gigabytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"1e2147483647", "-1e2147483647", "10e2147483646", "1e-2147483647", "1e999999999"})
  void numbersOfABillionDigitsAreRefused(String number) {
    assertThatThrownBy(() -> parse(number).write()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbersThatPeersReadAreKept() {
    assertThat(parse("[1e300,1e-300,123456789012345678]").write())
        .isEqualTo("[1e+300,1e-300,123456789012345678]");
  }
}
