package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpaceWatchTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path root;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(root.resolve("db"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private RefStore refs(SpaceBudget budget) throws IOException {
    return RefStore.open(
        root,
        OverlaySnapshotter.open(root.resolve("snapshots")),
        (_, _, _, _) -> {},
        database,
        Checkpoints.open(database, () -> {}),
        budget,
        Clock.systemUTC());
  }

  private static void write(RefStore refs, MutableRef tree, int megabytes) throws IOException {
    Files.write(refs.snapshotter().content(tree.id()).resolve("f"), new byte[megabytes * MEGABYTE]);
  }

  private static String committed(RefStore refs, int megabytes) throws IOException {
    var tree = refs.create(Optional.empty(), RefOptions.regular("test"));
    write(refs, tree, megabytes);
    try (var ref = tree.commit()) {
      return ref.id();
    }
  }

  @Test
  void whatIsThereAtTheStartStaysWhileThereIsRoom() throws Exception {
    var before = refs(SpaceBudget.unlimited());
    committed(before, 30);
    committed(before, 30);
    var budget = SpaceBudget.of(200L * MEGABYTE);
    var refs = refs(budget);
    try (var watch = SpaceWatch.start(budget, refs.snapshotter())) {
      Thread.sleep(1500);
    }
    assertThat(refs.ids()).hasSize(2);
  }

  @Test
  void theLeastValuableGoesForWhatIsReserved() throws Exception {
    var budget = SpaceBudget.of(50L * MEGABYTE);
    var refs = refs(budget);
    var oldest = committed(refs, 20);
    var newest = committed(refs, 20);
    try (var room = budget.claim()) {
      room.reserve(20L * MEGABYTE);
      assertThat(refs.ids()).containsExactly(newest).doesNotContain(oldest);
      assertThat(budget.used()).isLessThan(50L * MEGABYTE);
    }
  }

  @Test
  void whatIsInUseStaysAndWhoFindsNoRoomIsTold() throws Exception {
    var budget = SpaceBudget.of(50L * MEGABYTE);
    var refs = refs(budget);
    var tree = refs.get(committed(refs, 40)).orElseThrow();
    try (var room = budget.claim()) {
      assertThatThrownBy(() -> room.reserve(20L * MEGABYTE))
          .isInstanceOf(BuildException.class)
          .hasMessage("the disk usage limit of 50MB is reached and nothing more can be removed")
          .extracting(e -> ((BuildException) e).code())
          .isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
    }
    assertThat(refs.ids()).containsExactly(tree.id());
  }

  @Test
  void aStepThatWritesTooMuchIsInterrupted() throws Exception {
    var budget = SpaceBudget.of(50L * MEGABYTE);
    var refs = refs(budget);
    try (var watch = SpaceWatch.start(budget, refs.snapshotter());
        var tree = refs.create(Optional.empty(), RefOptions.regular("test"));
        var step = budget.watch(Set.of(tree.id()))) {
      write(refs, tree, 60);
      assertThatThrownBy(() -> Thread.sleep(30_000)).isInstanceOf(InterruptedException.class);
      assertThatThrownBy(step::end).hasMessageContaining("the disk usage limit of 50MB");
      assertThat(Thread.interrupted()).isFalse();
    }
    assertThat(budget.used()).isZero();
  }
}
