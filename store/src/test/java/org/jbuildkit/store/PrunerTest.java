package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrunerTest {
  private static final Instant NOW = Instant.parse("2026-01-20T00:00:00Z");

  private static UsageRecord record(String id, boolean inUse, int daysAgo, int uses) {
    var used =
        daysAgo < 0 ? Optional.<Instant>empty() : Optional.of(NOW.minus(Duration.ofDays(daysAgo)));
    return new UsageRecord(
        id, false, inUse, 204_800, List.of(), NOW, used, uses, "", RecordType.REGULAR);
  }

  private static List<String> prune(List<UsageRecord> all, PrunePolicy policy) throws Exception {
    var live = new ArrayList<>(all);
    var records =
        new Pruner.Records() {
          @Override
          public List<UsageRecord> usage() {
            return List.copyOf(live);
          }

          @Override
          public boolean remove(String id) {
            return live.removeIf(record -> record.id().equals(id));
          }

          @Override
          public long freeSpace() {
            return 0;
          }
        };
    var gone = new ArrayList<String>();
    new Pruner(records, Clock.fixed(NOW, ZoneOffset.UTC))
        .prune(List.of(policy), record -> gone.add(record.id()));
    return gone;
  }

  private static PrunePolicy policy(UsageFilter filter, Duration keep, long reserved) {
    return new PrunePolicy(filter, false, keep, reserved, 0, 0);
  }

  @Test
  void theLeastRecentlyAndLeastOftenUsedGoFirst() throws Exception {
    var all =
        List.of(
            record("a", false, 10, 1),
            record("b", false, 2, 5),
            record("c", false, 1, 1),
            record("busy1", true, -1, 0),
            record("busy2", true, -1, 0));
    assertThat(prune(all, policy(UsageFilter.ALL, Duration.ZERO, 500_000)))
        .containsExactly("a", "c", "b");
  }

  @Test
  void recentlyUsedRecordsStayForTheKeepDuration() throws Exception {
    var all = List.of(record("old", false, 10, 1), record("new", false, 1, 1));
    assertThat(prune(all, policy(UsageFilter.ALL, Duration.ofDays(5), 0))).containsExactly("old");
  }

  @Test
  void filtersChoose() throws Exception {
    var all = List.of(record("one", false, 1, 1), record("two", false, 1, 1));
    assertThat(
            prune(
                all, policy(UsageFilter.parse(List.of("id==two,type==regular")), Duration.ZERO, 0)))
        .containsExactly("two");
    assertThat(
            prune(
                all, policy(UsageFilter.parse(List.of("id~=\"^o\"", "mutable")), Duration.ZERO, 0)))
        .containsExactly("one");
  }

  @Test
  void badFiltersShowThePlace() {
    assertThatThrownBy(() -> UsageFilter.parse(List.of("id~=.")))
        .hasMessage(
            "filters: parse error: [id~= >|.|< ]: expected value or quoted: invalid argument");
  }
}
