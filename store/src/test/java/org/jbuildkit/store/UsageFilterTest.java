package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageFilterTest {
  private static boolean chooses(String filter, String description) {
    var record =
        new UsageRecord(
            "id1",
            false,
            false,
            1,
            List.of("p1", "p2"),
            Instant.EPOCH,
            Optional.empty(),
            0,
            description,
            RecordType.REGULAR);
    return UsageFilter.parse(List.of(filter)).matches(record);
  }

  @Test
  void expressionsAreThoseOfGo() {
    assertThat(chooses("description~=\"^pulled .*alpine\"", "pulled from alpine")).isTrue();
    assertThat(chooses("description~=\"^alpine\"", "pulled from alpine")).isFalse();
    assertThat(chooses("description~=\"[[:digit:]]{2}$\"", "x42")).isTrue();
    assertThat(chooses("description~=\"(a)\\\\1\"", "aa")).isFalse();
  }

  @Test
  void hostileExpressionsTakeLinearTime() {
    assertThat(chooses("description~=\"^(a+)+$\"", "a".repeat(5000) + "b")).isFalse();
    assertThat(chooses("description~=\"^(.*a){20}$\"", "a".repeat(2000) + "b")).isFalse();
  }
}
