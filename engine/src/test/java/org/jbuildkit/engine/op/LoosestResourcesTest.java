package org.jbuildkit.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoosestResourcesTest {
  private static LinuxResources merged(LinuxResources.Builder one, LinuxResources.Builder other) {
    return LoosestResources.of(Optional.of(one.build()), Optional.of(other.build())).orElseThrow();
  }

  private static LinuxResources.Builder limits() {
    return LinuxResources.newBuilder();
  }

  @Test
  void aSideWithoutLimitsTakesThoseOfTheOther() {
    var known = Optional.of(limits().setMemory(5).build());
    assertThat(LoosestResources.of(known, Optional.empty())).isEqualTo(known);
    assertThat(LoosestResources.of(Optional.empty(), known)).isEqualTo(known);
  }

  @ParameterizedTest
  @CsvSource({"1,2,2", "0,2,0", "3,0,0"})
  void noMemoryLimitIsLoosest(long one, long other, long expected) {
    assertThat(merged(limits().setMemory(one), limits().setMemory(other)).getMemory())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1,2,2", "0,2,2", "3,0,3", "-1,9,-1", "0,-1,-1"})
  void unlimitedSwapIsLoosestAndUnsetOneGivesWay(long one, long other, long expected) {
    assertThat(merged(limits().setMemorySwap(one), limits().setMemorySwap(other)).getMemorySwap())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "50,100,100,100,100,100",
    "50,100,10,10,10,10",
    "50,100,100,200,50,100",
    "0,7,100,200,0,7",
    "0,7,0,9,0,0",
    "60,0,50,100,60,0",
    "50,0,50,100,50,100",
  })
  void theHigherShareOfTimeIsLoosest(
      long quota, long period, long otherQuota, long otherPeriod, long wanted, long wantedPeriod) {
    var one = limits().setCpuQuota(quota).setCpuPeriod(period);
    var other = limits().setCpuQuota(otherQuota).setCpuPeriod(otherPeriod);
    for (var both : new LinuxResources[] {merged(one, other), merged(other, one)}) {
      assertThat(both.getCpuQuota()).isEqualTo(wanted);
      assertThat(both.getCpuPeriod()).isEqualTo(wantedPeriod);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"0-2;2,4;0-2,4", "1;'';''", "x;3;3", "0,1;2-3;0-3", "9-1;5;5"})
  void processorsOfBothSidesMayBeUsed(String one, String other, String expected) {
    assertThat(merged(limits().setCpusetCpus(one), limits().setCpusetCpus(other)).getCpusetCpus())
        .isEqualTo(expected);
  }
}
