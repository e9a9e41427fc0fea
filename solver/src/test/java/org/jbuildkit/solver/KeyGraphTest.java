package org.jbuildkit.solver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyGraphTest {
  private final AtomicInteger ids = new AtomicInteger();
  private final KeyGraph graph =
      new KeyGraph(KeyStorage.none(), () -> "key" + ids.incrementAndGet());

  private static Set<CacheKey.Link> links(CacheKey... keys) {
    var links = new LinkedHashSet<CacheKey.Link>();
    for (var key : keys) {
      links.add(new CacheKey.Link(key, ""));
    }
    return links;
  }

  private static CacheKey source(String name) {
    return CacheKey.root(name, 0);
  }

  private CacheKey key(Set<CacheKey.Link> all, Set<CacheKey.Link> nameable) {
    return graph.intern("op", 0, new InputNames(List.of(all), List.of(nameable)));
  }

  private CacheKey key(CacheKey... names) {
    return key(links(names), links(names));
  }

  @Test
  void newestRecordComesFirstWhateverItsKey() {
    var one = key(source("a"));
    var other = key(source("b"));
    graph.addRecord(one, new CacheRecord("old", Instant.ofEpochSecond(1)));
    graph.addRecord(other, new CacheRecord("new", Instant.ofEpochSecond(2)));
    graph.addRecord(one, new CacheRecord("middle", Instant.ofEpochSecond(1)));
    var ids = new ArrayList<String>();
    graph.records(List.of(one, other)).keySet().forEach(record -> ids.add(record.resultId()));
    assertThat(ids).containsExactly("new", "middle", "old");
  }

  @Test
  void keysThatShareANameAreOne() {
    var content = CacheKey.content("c");
    var one = key(source("a"), content);
    assertThat(key(source("b"), content)).isEqualTo(one);
    assertThat(key(source("b"))).isEqualTo(one);
  }

  @Test
  void differentContentUnderOneDefinitionIsAnotherKey() {
    var one = key(source("a"), CacheKey.content("then"));
    var other = key(source("a"), CacheKey.content("now"));
    assertThat(other).isNotEqualTo(one);
    assertThat(graph.matches("op", 0, List.of(links(source("a"))))).containsExactly(one, other);
    assertThat(graph.matches("op", 0, List.of(links(CacheKey.content("now")))))
        .containsExactly(other);
    assertThat(graph.matches("op", 0, List.of(links(source("a"), CacheKey.content("now")))))
        .containsExactly(other);
  }

  @Test
  void whatWasForcedIsFoundByContentAloneAndSavedUnderAllNames() {
    var imported = key(source("a"));
    var content = links(CacheKey.content("now"));
    var forced = key(links(source("a"), CacheKey.content("now")), content);
    assertThat(forced).isNotEqualTo(imported);
    assertThat(graph.matches("op", 0, List.of(content))).containsExactly(forced);
    assertThat(graph.matches("op", 0, List.of(links(source("a"))))).contains(forced);
  }

  @Test
  void aLostResultIsForgottenUnderAllItsKeys() {
    var one = key(source("a"));
    var other = key(source("b"));
    var record = new CacheRecord("r", Instant.EPOCH);
    graph.addRecord(one, record);
    graph.addRecord(other, record);
    graph.removeResult(record.resultId());
    assertThat(graph.records(List.of(one, other))).isEmpty();
  }

  @Test
  void otherContentIsNotTaught() {
    var one = key(source("a"), CacheKey.content("then"));
    graph.learn(one, List.of(links(source("b"), CacheKey.content("now"))));
    assertThat(graph.links(one, 0))
        .isEqualTo(List.copyOf(links(source("a"), CacheKey.content("then"))));
  }

  @Test
  void aKeyThatLeadsToNoRecordGoesTheSecondTimeItIsUnneeded() {
    var lost = key(source("a"));
    var kept = key(source("b"));
    graph.addRecord(lost, new CacheRecord("lost", Instant.EPOCH));
    graph.addRecord(kept, new CacheRecord("kept", Instant.EPOCH));
    graph.removeResult("lost");
    graph.release();
    assertThat(graph.keys()).contains(lost, source("a"));
    graph.release();
    assertThat(graph.keys()).containsExactlyInAnyOrder(kept, source("b"));
    assertThat(graph.matches("op", 0, List.of(links(source("a"))))).isEmpty();
  }

  @Test
  void aKeyThatIsStillUsedComesBackWithItsRecord() {
    var below = key(source("a"));
    var key = key(below);
    graph.release();
    graph.release();
    assertThat(graph.keys()).isEmpty();
    graph.addRecord(key, new CacheRecord("r", Instant.EPOCH));
    assertThat(graph.keys()).containsExactlyInAnyOrder(source("a"), below, key);
    assertThat(graph.matches("op", 0, List.of(links(below)))).containsExactly(key);
    assertThat(graph.matches("op", 0, List.of(links(source("a"))))).containsExactly(below);
  }
}
