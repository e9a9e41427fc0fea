package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  private static final RefOptions PLAIN = RefOptions.regular("test");
  private static final RefOptions RETAINED = new RefOptions("test", RecordType.CACHE_MOUNT, true);

  @TempDir Path root;
  private Optional<Database> database = Optional.empty();
  private int syncs;

  /** A store that is opened after the machine's start of this name, and its checkpoints. */
  private record Opened(RefStore refs, Checkpoints checkpoints) {}

  private Opened open(String boot) throws IOException {
    close();
    var opened = Database.open(root.resolve("db"));
    database = Optional.of(opened);
    var checkpoints = Checkpoints.open(opened, () -> syncs++, boot);
    var refs =
        RefStore.open(
            root,
            OverlaySnapshotter.open(root.resolve("snapshots")),
            (_, _, _, _) -> {},
            opened,
            checkpoints,
            SpaceBudget.unlimited(),
            Clock.systemUTC());
    return new Opened(refs, checkpoints);
  }

  @AfterEach
  void close() {
    database.ifPresent(Database::close);
  }

  private static String committed(RefStore refs, RefOptions options) throws IOException {
    try (var ref = refs.create(Optional.empty(), options).commit()) {
      return ref.id();
    }
  }

  @Test
  void theDeathOfTheProcessLosesNothing() throws Exception {
    var id = committed(open("one").refs(), PLAIN);
    assertThat(open("one").refs().ids()).containsExactly(id);
    assertThat(syncs).isZero();
  }

  @Test
  void aLossOfPowerTakesWhatWasCompletedSinceTheLastCheckpoint() throws Exception {
    var opened = open("one");
    var kept = committed(opened.refs(), PLAIN);
    opened.checkpoints().run();
    opened.checkpoints().run();
    assertThat(syncs).as("nothing new, nothing to sync").isEqualTo(1);
    var lost = committed(opened.refs(), PLAIN);
    assertThat(open("one").refs().ids()).containsExactly(kept, lost);
    assertThat(open("two").refs().ids()).containsExactly(kept);
    assertThat(root.resolve("snapshots").resolve(lost)).doesNotExist();
    assertThat(open("three").refs().ids()).containsExactly(kept);
  }

  @Test
  void afterAnOrderlyEndEverythingIsReliedOn() throws Exception {
    var opened = open("one");
    var id = committed(opened.refs(), PLAIN);
    opened.checkpoints().close();
    assertThat(open("two").refs().ids()).containsExactly(id);
  }

  @Test
  void aTreeThatWasOpenForWritingIsNotReliedOn() throws Exception {
    var opened = open("one");
    var idle = committed(opened.refs(), RETAINED);
    var busy = committed(opened.refs(), RETAINED);
    opened.checkpoints().run();
    assertThat(opened.refs().reopen(busy)).isPresent();
    opened.checkpoints().run();
    assertThat(open("one").refs().ids()).containsExactly(idle, busy);
    assertThat(open("two").refs().ids()).containsExactly(idle);
  }

  @Test
  void whatACheckpointFailedToWriteIsNotReliedOn() throws Exception {
    close();
    var opened = Database.open(root.resolve("db"));
    database = Optional.of(opened);
    var checkpoints =
        Checkpoints.open(
            opened,
            () -> {
              throw new IOException("no disk");
            },
            "one");
    long stamp = checkpoints.stamp();
    org.assertj.core.api.Assertions.assertThatThrownBy(checkpoints::run).hasMessage("no disk");
    assertThat(Checkpoints.open(opened, () -> {}, "two").isTrusted(stamp)).isFalse();
  }
}
