package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each call to the disk fails once: what was completed stays, and nothing else does. */
class StoreFaultsTest {
  private static final RefOptions PLAIN = RefOptions.regular("test");
  private static final long LIMIT = 100 << 20;

  @TempDir Path root;

  /** An open store. */
  private final class Opened implements AutoCloseable {
    private final Database database;
    private final FileContentStore content;
    private final RefStore refs;
    private final SpaceBudget budget = SpaceBudget.of(LIMIT);

    Opened(FaultyDisk disk) throws IOException {
      database = Database.open(root.resolve("db"));
      content = FileContentStore.open(disk, root.resolve("content"), budget);
      refs =
          RefStore.open(
              root,
              disk.below(OverlaySnapshotter.open(root.resolve("snapshots"))),
              new Drops(content),
              database,
              Checkpoints.open(database, () -> {}),
              budget,
              Clock.systemUTC());
      var _ = BlobSweep.run(content, refs.blobs());
    }

    @Override
    public void close() {
      database.close();
    }
  }

  private record Drops(ContentStore content) implements LayerUnpacker {
    @Override
    public void unpack(LazyLayer layer, Path target, boolean isLowest, Room room) {}

    @Override
    public void drop(Digest blob) throws IOException {
      content.delete(blob);
    }

    @Override
    public long storedSize(Digest blob) throws IOException {
      return content.size(blob).orElse(0L);
    }
  }

  /** What was completed: trees with the text of their file, and those whose removal was. */
  private static final class Done {
    private final Map<String, String> trees = new LinkedHashMap<>();
    private final Map<String, Digest> blobs = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();
  }

  private static void work(Opened store, Done done, String run) throws IOException {
    var base = tree(store, done, Optional.empty(), run + " base");
    var top = tree(store, done, Optional.of(base), run + " top");
    var blob = store.content.put((run + " blob").getBytes(StandardCharsets.UTF_8));
    var size = store.content.size(blob).orElseThrow();
    top.put(RefTable.BLOB, new Descriptor("text", blob, size).toJson().write());
    tree(store, done, Optional.of(top), run + " above").close();
    done.blobs.put(top.id(), blob);
    var gone = tree(store, done, Optional.empty(), run + " gone");
    gone.put(RefTable.BLOB, new Descriptor("text", blob, size).toJson().write());
    gone.close();
    done.trees.remove(gone.id());
    assertThat(store.refs.remove(gone.id())).isTrue();
    done.removed.add(gone.id());
    top.close();
    base.close();
  }

  /** To drop what was not completed never fails: what is left of it goes at the next start. */
  private static void drop(Opened store, Done done) throws IOException {
    var dropped = store.refs.create(Optional.empty(), PLAIN);
    done.removed.add(dropped.id());
    dropped.close();
  }

  private static Ref tree(Opened store, Done done, Optional<Ref> parent, String text)
      throws IOException {
    try (var made = store.refs.create(parent, PLAIN)) {
      Files.writeString(store.refs.snapshotter().content(made.id()).resolve("f"), text);
      var ref = made.commit();
      done.trees.put(ref.id(), text);
      return ref;
    }
  }

  private void check(Opened store, Done done) throws IOException {
    for (var tree : done.trees.entrySet()) {
      try (var ref = store.refs.get(tree.getKey()).orElseThrow()) {
        assertThat(store.refs.snapshotter().content(ref.id()).resolve("f"))
            .hasContent(tree.getValue());
      }
    }
    for (var blob : done.blobs.values()) {
      assertThat(store.content.size(blob)).isPresent();
    }
    assertThat(done.removed).doesNotContainAnyElementsOf(with(store.refs.ids(), "empty"));
    assertThat(names("snapshots")).isEqualTo(with(store.refs.ids(), "empty"));
    assertThat(names("content/ingest")).isEmpty();
    var stored = new HashSet<Digest>();
    store.content.walk((digest, _) -> stored.add(digest));
    assertThat(store.refs.blobs()).containsAll(stored);
  }

  private static Set<String> with(Set<String> ids, String more) {
    var all = new HashSet<>(ids);
    all.add(more);
    return all;
  }

  private Set<String> names(String folder) throws IOException {
    var names = new HashSet<String>();
    try (var files = Files.newDirectoryStream(root.resolve(folder))) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }

  @Test
  void afterAnyFaultOfTheDiskTheStoreIsWhole() throws Exception {
    var done = new Done();
    int fault = 1;
    for (boolean hasStruck = true; hasStruck; fault++) {
      var disk = new FaultyDisk(fault);
      try (var store = new Opened(disk)) {
        work(store, done, "run " + fault);
        assertThat(disk.hasStruck()).as("an error is told").isFalse();
        drop(store, done);
      } catch (IOException e) {
        assertThat(e).hasStackTraceContaining("the disk failed");
      }
      hasStruck = disk.hasStruck();
      try (var store = new Opened(new FaultyDisk(0))) {
        check(store, done);
      }
    }
    assertThat(fault).isGreaterThan(15);
  }

  @Test
  void aTreeWhoseRowIsRefusedIsNotCompleted() throws Exception {
    try (var store = new Opened(new FaultyDisk(0))) {
      var kept = tree(store, new Done(), Optional.empty(), "kept");
      store.database.write(connection -> {
        try (var statement = connection.createStatement()) {
          statement.execute(
              "CREATE TRIGGER refuse BEFORE INSERT ON refs BEGIN SELECT RAISE(ABORT, 'refused');"
                  + " END");
        }
      });
      assertThatThrownBy(() -> tree(store, new Done(), Optional.of(kept), "lost"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refused");
      assertThat(store.refs.ids()).containsExactly(kept.id());
      assertThat(names("snapshots")).containsExactlyInAnyOrder("empty", kept.id());
      store.database.write(connection -> {
        try (var statement = connection.createStatement()) {
          statement.execute("DROP TRIGGER refuse");
        }
      });
      tree(store, new Done(), Optional.of(kept), "next").close();
    }
  }
}
