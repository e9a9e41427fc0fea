package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    var live = new LinkedHashMap<String, UsageRecord>();
    all.forEach(record -> live.put(record.id(), record));
    var records =
        new Pruner.Records() {
          @Override
          public List<UsageRecord> usage() {
            return List.copyOf(live.values());
          }

          @Override
          public boolean remove(String id) {
            return live.remove(id) != null;
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

  private static UsageRecord child(String id, int daysAgo, int uses, String... parents) {
    var one = record(id, false, daysAgo, uses);
    return new UsageRecord(
        id,
        false,
        false,
        one.size(),
        List.of(parents),
        one.createdAt(),
        one.lastUsedAt(),
        uses,
        "",
        RecordType.REGULAR);
  }

  @Test
  void whatOthersAreMadeOfGoesAfterThem() throws Exception {
    var all =
        List.of(child("base", 9, 1), child("left", 1, 3, "base"), child("right", 2, 2, "base"));
    assertThat(prune(all, policy(UsageFilter.ALL, Duration.ZERO, 1)))
        .containsExactly("right", "left", "base");
    assertThat(prune(all, policy(UsageFilter.ALL, Duration.ZERO, 0)))
        .containsExactlyInAnyOrder("right", "left", "base")
        .endsWith("base");
  }

  @Test
  void oneMoreThanNeededGoesWhenTheSumIsExact() throws Exception {
    var all = List.of(record("a", false, 3, 1), record("b", false, 2, 1), record("c", false, 1, 1));
    var policy = new PrunePolicy(UsageFilter.ALL, false, Duration.ZERO, 0, 2 * 204_800, 0);
    assertThat(prune(all, policy)).containsExactly("a", "b");
  }

  @Test
  void aDiskThatLacksMoreThanAllRecordsHoldLosesAllOfThem() throws Exception {
    var all = List.of(record("a", false, 3, 1), record("b", false, 2, 1));
    var policy = new PrunePolicy(UsageFilter.ALL, false, Duration.ZERO, 0, 0, 10_000_000);
    assertThat(prune(all, policy)).containsExactlyInAnyOrder("a", "b");
    var reserved = new PrunePolicy(UsageFilter.ALL, false, Duration.ZERO, 300_000, 0, 10_000_000);
    assertThat(prune(all, reserved)).containsExactly("a");
  }

  @Test
  void internalRecordsAndFrontendsGoOnlyIfAllMay() throws Exception {
    var frontend =
        new UsageRecord(
            "f", false, false, 1, List.of(), NOW, Optional.empty(), 0, "", RecordType.FRONTEND);
    assertThat(prune(List.of(frontend), policy(UsageFilter.ALL, Duration.ZERO, 0))).isEmpty();
    var all = new PrunePolicy(UsageFilter.ALL, true, Duration.ZERO, 0, 0, 0);
    assertThat(prune(List.of(frontend), all)).containsExactly("f");
  }

  @Test
  void fiveThousandRecordsAreNoEffort() {
    var all = new ArrayList<UsageRecord>();
    for (int i = 0; i < 5000; i++) {
      var parents = i == 0 ? new String[0] : new String[] {"r" + (i - 1)};
      all.add(child("r" + i, i % 700, 1 + i % 900, parents));
      all.add(child("s" + i, i % 700, 1 + i % 900));
    }
    assertTimeout(
        Duration.ofSeconds(20),
        () -> assertThat(prune(all, policy(UsageFilter.ALL, Duration.ZERO, 1))).hasSize(10_000));
  }
}
