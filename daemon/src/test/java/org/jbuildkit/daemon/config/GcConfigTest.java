package org.jbuildkit.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GcConfigTest {
  private static final long GIB = 1L << 30;
  private static final long GB = 1_000_000_000;

  private static List<Long> amounts(OptionalLong disk) {
    var rule = GcConfig.DEFAULT.effective(disk).get(1);
    return List.of(
        rule.reserved().orElseThrow().on(disk),
        rule.minFree().orElseThrow().on(disk),
        rule.maxUsed().orElseThrow().on(disk));
  }

  @Test
  void amountsFollowTheDisk() {
    assertThat(amounts(OptionalLong.of(1024 * GIB))).containsExactly(10 * GB, 205 * GB, 100 * GB);
    assertThat(amounts(OptionalLong.of(50 * GIB))).containsExactly(6 * GB, 11 * GB, 41 * GB);
    assertThat(amounts(OptionalLong.empty())).containsExactly(2 * GB, 2 * GB, 2 * GB);
    var disk = OptionalLong.of(270553174016L);
    assertThat(new Space.Percent(20).on(disk)).isEqualTo(51 * GB);
    assertThat(new Space.Percent(30).on(disk)).isEqualTo(76 * GB);
    assertThat(new Space.Percent(101).on(disk)).isEqualTo(255 * GB);
  }

  @Test
  void thereAreFourRulesAndContextsGoFirst() {
    var rules = GcConfig.DEFAULT.effective(OptionalLong.empty());
    assertThat(rules).hasSize(4);
    assertThat(rules.getFirst().filters())
        .containsExactly(
            "type==source.local", "type==exec.cachemount", "type==source.git.checkout");
    assertThat(rules.getFirst().keepDuration()).hasHours(48);
    assertThat(rules.get(1).keepDuration()).hasHours(1440);
    assertThat(rules).extracting(GcRule::isAll).containsExactly(false, false, false, true);
  }
}
