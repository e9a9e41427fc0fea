package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefStoreTest {
  private static final RefOptions PLAIN = RefOptions.regular("test");
  private static final LayerUnpacker NO_LAZY =
      (layer, _, _, _) -> {
        throw new IOException("unexpected " + layer);
      };
  @TempDir Path root;
  private Database database;
  private RefStore refs;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(root.resolve("db"));
    refs =
        RefStore.open(
            root,
            OverlaySnapshotter.open(root.resolve("snapshots")),
            NO_LAZY,
            database,
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void reopen() throws IOException {
    close();
    open();
  }

  private Ref committed(Optional<Ref> parent) throws IOException {
    var tree = refs.create(parent, PLAIN);
    Files.writeString(refs.snapshotter().content(tree.id()).resolve("f"), "content");
    return tree.commit();
  }

  @Test
  void whatIsInUseIsSoForAllThatItIsMadeOf() throws Exception {
    var base = committed(Optional.empty());
    var middle = committed(Optional.of(base));
    var top = committed(Optional.of(middle));
    base.close();
    middle.close();
    assertThat(refs.usage()).allMatch(UsageRecord::isInUse);
    assertThat(refs.remove(base.id())).isFalse();
    top.close();
    assertThat(refs.usage()).noneMatch(UsageRecord::isInUse);
    assertThat(refs.remove(middle.id())).isFalse();
    assertThat(refs.remove(top.id())).isTrue();
    assertThat(refs.remove(middle.id())).isTrue();
    assertThat(root.resolve("snapshots").resolve(middle.id())).doesNotExist();
  }

  @Test
  void aUseIsCountedWhenTheLastUserLetsGo() throws Exception {
    var tree = committed(Optional.empty());
    assertThat(refs.usage().getFirst().usageCount()).isZero();
    assertThat(refs.usage().getFirst().lastUsedAt()).isEmpty();
    var other = tree.retain();
    tree.close();
    assertThat(refs.usage().getFirst().usageCount()).isZero();
    other.close();
    assertThat(refs.usage().getFirst().usageCount()).isEqualTo(1);
    assertThat(refs.usage().getFirst().lastUsedAt()).isPresent();
  }

  @Test
  void aTreeThatLostItsFilesIsAbsent() throws Exception {
    var tree = committed(Optional.empty());
    tree.close();
    delete(tree.id());
    assertThat(refs.get(tree.id())).isEmpty();
    assertThat(refs.ids()).isEmpty();
  }

  @Test
  void atStartTreesWithoutFilesGoWithAllThatAreMadeOfThem() throws Exception {
    var base = committed(Optional.empty());
    var top = committed(Optional.of(base));
    var merged = refs.merge(List.of(top), PLAIN, () -> {});
    var other = committed(Optional.empty());
    delete(base.id());
    reopen();
    assertThat(refs.ids()).containsExactly(other.id());
    assertThat(refs.get(merged.id())).isEmpty();
    assertThat(root.resolve("snapshots").resolve(top.id())).doesNotExist();
  }

  private void delete(String id) throws IOException {
    Files.deleteIfExists(refs.snapshotter().content(id).resolve("f"));
    Files.delete(refs.snapshotter().content(id));
  }

  @Test
  void valuesFindTreesUntilTheyAreTakenBack() throws Exception {
    var one = committed(Optional.empty());
    var two = committed(Optional.empty());
    one.put("key", "v");
    two.put("key", "v");
    assertThat(refs.lookup("key", "v")).containsExactly(one.id(), two.id());
    one.put("key", "w");
    refs.removeValue(two.id(), "key");
    assertThat(refs.lookup("key", "v")).isEmpty();
    assertThat(refs.lookup("key", "w")).containsExactly(one.id());
    reopen();
    assertThat(refs.lookup("key", "w")).containsExactly(one.id());
  }

  @Test
  void deepChainsAndWideMergesAreNoEffort() {
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          var all = new ArrayList<Ref>();
          Optional<Ref> below = Optional.empty();
          for (int i = 0; i < 300; i++) {
            var next = committed(below);
            all.add(next);
            below = Optional.of(next);
          }
          for (int i = 0; i < 200; i++) {
            all.add(committed(Optional.empty()));
          }
          all.add(refs.merge(all, PLAIN, () -> {}));
          all.forEach(Ref::close);
          var gone = new ArrayList<UsageRecord>();
          var everything = new PrunePolicy(UsageFilter.ALL, true, Duration.ZERO, 0, 0, 0);
          new Pruner(refs, Clock.systemUTC()).prune(List.of(everything), gone::add);
          assertThat(gone).hasSize(501);
          assertThat(refs.ids()).isEmpty();
        });
  }
}
