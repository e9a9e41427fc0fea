package org.jbuildkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Sizes and times as people read and write them. */
class AmountsTest {
  @Test
  void unitsOfSizesArePowersOf1024() {
    assertThat(ByteSize.parse("64m")).hasValue(64L << 20);
    assertThat(ByteSize.parse("1.5GiB")).hasValue(3L << 29);
    assertThat(ByteSize.parse("10")).hasValue(10);
    assertThat(ByteSize.parse("2 kb")).hasValue(2048);
    assertThat(ByteSize.parse("zz")).isEmpty();
    assertThat(ByteSize.parse("-1")).isEmpty();
    assertThat(ByteSize.parse("99999999p")).isEmpty();
  }

  @Test
  void sizesArePrintedWithFourDigits() {
    assertThat(ByteSize.decimal(8192)).isEqualTo("8.192kB");
    assertThat(ByteSize.decimal(0)).isEqualTo("0B");
    assertThat(ByteSize.decimal(1_234_567)).isEqualTo("1.235MB");
    assertThat(ByteSize.binary(512L << 20)).isEqualTo("512MiB");
    assertThat(ByteSize.binary(1536)).isEqualTo("1.5KiB");
  }

  @Test
  void timesAreThoseOfGo() {
    assertThat(GoTimes.text(Instant.parse("2026-11-21T00:45:46.923512882Z")))
        .isEqualTo("2026-11-21 00:45:46.923512882 +0000 UTC");
    assertThat(GoTimes.text(Instant.parse("2022-11-30T11:42:47Z")))
        .isEqualTo("2022-11-30 11:42:47 +0000 UTC");
    assertThat(GoTimes.about(Duration.ofMillis(900))).isEqualTo("Less than a second");
    assertThat(GoTimes.about(Duration.ofSeconds(34))).isEqualTo("34 seconds");
    assertThat(GoTimes.about(Duration.ofMinutes(5))).isEqualTo("5 minutes");
    assertThat(GoTimes.about(Duration.ofMinutes(100))).isEqualTo("2 hours");
    assertThat(GoTimes.about(Duration.ofDays(3))).isEqualTo("3 days");
    assertThat(GoTimes.about(Duration.ofDays(70))).isEqualTo("2 months");
  }
}
