package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.daemon.config.GcRule;
import org.jbuildkit.daemon.config.Space;
import org.jbuildkit.store.PrunePolicy;
import org.jbuildkit.store.Pruner;
import org.jbuildkit.store.UsageFilter;
import org.jbuildkit.store.UsageRecord;
import org.junit.jupiter.api.Test;

class CollectorTest {
  /** Counts how often it is asked. */
  private static final class Asked implements Pruner.Records {
    final ArrayBlockingQueue<Instant> times = new ArrayBlockingQueue<>(100);

    @Override
    public List<UsageRecord> usage() {
      times.add(Instant.now());
      return new ArrayList<>();
    }

    @Override
    public boolean remove(String id) {
      return false;
    }

    @Override
    public long freeSpace() {
      return 0;
    }
  }

  @Test
  void runsComeSomeTimeAfterRequestsAndNeverTwiceWithinThePause() throws Exception {
    var asked = new Asked();
    var policy = new PrunePolicy(UsageFilter.parse(List.of()), true, Duration.ZERO, 0, 1, 0);
    var pause = Duration.ofMillis(300);
    try (var collector =
        Collector.start(
            new Pruner(asked, Clock.systemUTC()), List.of(policy), Duration.ofMillis(20), pause)) {
      var first = asked.times.poll(5, TimeUnit.SECONDS);
      assertThat(first).isNotNull();
      for (int i = 0; i < 5; i++) {
        collector.request();
      }
      var second = asked.times.poll(5, TimeUnit.SECONDS);
      assertThat(second).isAfter(first.plus(pause).minusMillis(20));
      assertThat(asked.times.poll(500, TimeUnit.MILLISECONDS)).as("a third run").isNull();
    }
  }

  @Test
  void rulesAreToldInBytes() {
    var rule =
        new GcRule(
            true,
            List.of("type==regular"),
            Duration.ofSeconds(1),
            Optional.of(new Space.Percent(10)),
            Optional.of(new Space.Bytes(5)),
            Optional.empty());
    var told = Collector.describe(List.of(rule), OptionalLong.of(50L << 30)).getFirst();
    assertThat(told.getReservedSpace()).isEqualTo(6_000_000_000L);
    assertThat(told.getMaxUsedSpace()).isEqualTo(5);
    assertThat(told.getKeepDuration()).isEqualTo(1_000_000_000);
    assertThat(Collector.policies(List.of(told)).getFirst().isAll()).isTrue();
  }
}
