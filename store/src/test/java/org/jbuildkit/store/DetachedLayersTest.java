package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetachedLayersTest {
  private static final RefOptions PLAIN = RefOptions.regular("test");
  private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1_500_000_000));

  @TempDir Path root;
  private Database database;
  private RefStore refs;

  @BeforeEach
  void start() throws IOException {
    open("overlayfs");
  }

  private void reopen(String kind) throws IOException {
    close();
    open(kind);
  }

  private void open(String kind) throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounting needs root");
    var layers = root.resolve("snapshots");
    var snapshotter =
        switch (kind) {
          case "native" -> NativeSnapshotter.open(layers);
          case "fuse-overlayfs" -> {
            assumeTrue(FuseOverlay.isInstalled(), "no fuse-overlayfs or no fuse");
            yield OverlaySnapshotter.openFuse(layers);
          }
          default -> OverlaySnapshotter.open(layers);
        };
    database = Database.open(root.resolve("db"));
    LayerUnpacker noLazy =
        (layer, _, _, _) -> {
          throw new IOException("unexpected " + layer);
        };
    refs = RefStore.open(root, snapshotter, noLazy, database, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private interface Change {
    void apply(Path tree) throws IOException;
  }

  private Ref on(Optional<Ref> parent, Change change) throws Exception {
    try (var tree = refs.create(parent, PLAIN)) {
      try (var mounted = tree.mount()) {
        change.apply(mounted.path());
      }
      return tree.commit();
    }
  }

  /** A folder {@code d} with {@code a} and {@code sub/deep}, and files {@code foo}, {@code bar}. */
  private Ref base() throws Exception {
    return on(
        Optional.empty(),
        tree -> {
          Files.createDirectories(tree.resolve("d/sub"));
          for (var name : List.of("d/a", "d/sub/deep", "foo", "bar")) {
            Files.writeString(tree.resolve(name), name);
            Files.setLastModifiedTime(tree.resolve(name), TIME);
          }
        });
  }

  private Ref other() throws Exception {
    return on(
        Optional.empty(),
        tree -> {
          Files.createDirectory(tree.resolve("d"));
          Files.writeString(tree.resolve("d/a"), "other");
          Files.writeString(tree.resolve("d/z"), "z");
        });
  }

  private Ref difference(Ref lower, Ref upper) throws IOException {
    var layers = upper.layers().subList(lower.layers().size(), upper.layers().size());
    return refs.stack(List.of(upper), layers, PLAIN);
  }

  private static Set<String> names(Ref ref) throws Exception {
    var names = new TreeSet<String>();
    try (var tree = ref.mount();
        var paths = Files.walk(tree.path())) {
      paths.skip(1).forEach(path -> names.add(tree.path().relativize(path).toString()));
    }
    return names;
  }

  private static void replaceFolder(Path tree) throws IOException {
    for (var name : List.of("d/sub/deep", "d/sub", "d/a", "d")) {
      Files.delete(tree.resolve(name));
    }
    Files.createDirectories(tree.resolve("d/sub"));
    Files.writeString(tree.resolve("d/n"), "n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlayfs", "native", "fuse-overlayfs"})
  void aFolderMadeAnewHidesOfOtherTreesOnlyWhatItHidInItsOwn(String kind) throws Exception {
    reopen(kind);
    var base = base();
    var upper = on(Optional.of(base), DetachedLayersTest::replaceFolder);
    assertThat(names(upper)).containsExactly("bar", "d", "d/n", "d/sub", "foo");
    var merged = refs.merge(List.of(other(), difference(base, upper)), PLAIN, () -> {});
    assertThat(names(merged)).containsExactly("d", "d/n", "d/sub", "d/z");
    assertThat(names(upper)).containsExactly("bar", "d", "d/n", "d/sub", "foo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlayfs", "native", "fuse-overlayfs"})
  void whatWasOnlyOpenedForWritingIsNoPartOfADifference(String kind) throws Exception {
    reopen(kind);
    var base = base();
    var upper =
        on(
            Optional.of(base),
            tree -> {
              Files.newByteChannel(tree.resolve("foo"), StandardOpenOption.WRITE).close();
              Files.createLink(tree.resolve("linked"), tree.resolve("bar"));
              Files.setLastModifiedTime(tree.resolve("d"), TIME);
            });
    assertThat(names(difference(base, upper))).containsExactly("linked");
    assertThat(names(upper))
        .containsExactly("bar", "d", "d/a", "d/sub", "d/sub/deep", "foo", "linked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlayfs", "native", "fuse-overlayfs"})
  void aChangeThatMetadataAloneDoesNotShowStays(String kind) throws Exception {
    reopen(kind);
    var base = base();
    var upper =
        on(
            Optional.of(base),
            tree -> {
              Files.writeString(tree.resolve("foo"), "FOO");
              Files.setLastModifiedTime(tree.resolve("foo"), TIME);
              try (var dir = Dir.open(tree)) {
                dir.chmod(ByteName.ofText("d/sub"), 0711);
              }
            });
    assertThat(names(difference(base, upper))).containsExactly("d", "d/sub", "foo");
  }

  @Test
  void changesAreFoundOnTopOfTreesThatAreThemselvesMerged() throws Exception {
    var base = base();
    var upper = on(Optional.of(base), DetachedLayersTest::replaceFolder);
    var merged = refs.merge(List.of(other(), difference(base, upper)), PLAIN, () -> {});
    var top =
        on(
            Optional.of(merged),
            tree -> {
              Files.delete(tree.resolve("d/z"));
              Files.delete(tree.resolve("d/n"));
              Files.delete(tree.resolve("d/sub"));
              Files.delete(tree.resolve("d"));
              Files.createDirectory(tree.resolve("d"));
            });
    assertThat(names(top)).containsExactly("d");
    assertThat(names(refs.merge(List.of(base, difference(merged, top)), PLAIN, () -> {})))
        .containsExactly("bar", "d", "d/a", "foo");
  }

  @Test
  void whatStandsForALayerGoesWithItAndIsMadeAnewAfterAStart() throws Exception {
    var base = base();
    var upper = on(Optional.of(base), DetachedLayersTest::replaceFolder);
    var difference = difference(base, upper);
    var expected = names(difference);
    assertThat(folders()).anyMatch(name -> name.startsWith(upper.id() + "-"));
    reopen("overlayfs");
    assertThat(folders()).noneMatch(name -> name.startsWith(upper.id() + "-"));
    try (var again = refs.get(difference.id()).orElseThrow()) {
      assertThat(names(again)).isEqualTo(expected);
    }
    assertThat(refs.remove(difference.id())).isTrue();
    assertThat(refs.remove(upper.id())).isTrue();
    assertThat(folders()).noneMatch(name -> name.startsWith(upper.id()));
  }

  private List<String> folders() throws IOException {
    try (var all = Files.list(root.resolve("snapshots"))) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlayfs", "native", "fuse-overlayfs"})
  void theRootOfAMergedTreeIsThatOfNoLayer(String kind) throws Exception {
    reopen(kind);
    var other = other();
    var odd =
        on(
            Optional.empty(),
            tree -> {
              try (var dir = Dir.open(tree)) {
                dir.chmod(ByteName.EMPTY, 0711);
              }
            });
    assertThat(rootMode(odd)).isEqualTo(0711);
    assertThat(rootMode(refs.merge(List.of(other, odd), PLAIN, () -> {}))).isEqualTo(0755);
  }

  private static int rootMode(Ref ref) throws Exception {
    try (var tree = ref.mount();
        var dir = tree.open()) {
      return dir.stat().mode();
    }
  }

  @Test
  void namesThatAreGoneAreInNoListing() throws Exception {
    var base = base();
    var upper = on(Optional.of(base), tree -> Files.delete(tree.resolve("d/sub/deep")));
    assertThat(names(difference(base, upper))).containsExactly("d", "d/sub");
    assertThat(names(refs.merge(List.of(other(), difference(base, upper)), PLAIN, () -> {})))
        .containsExactly("d", "d/a", "d/sub", "d/z");
  }

  @Test
  void aLayerOfChangesAloneIsNotRepeated() throws Exception {
    var base = base();
    var upper = on(Optional.of(base), tree -> Files.writeString(tree.resolve("d/new"), "new"));
    assertThat(names(difference(base, upper))).containsExactly("d", "d/new");
    assertThat(folders()).noneMatch(name -> name.startsWith(upper.id() + "-"));
  }
}
