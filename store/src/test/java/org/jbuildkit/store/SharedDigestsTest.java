package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.store.checksum.ContentChecksum;
import org.jbuildkit.store.checksum.Selector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees on top of others have the digests that they would have alone. */
final class SharedDigestsTest {
  @TempDir Path root;
  private Database database;
  private RefStore refs;
  private ContentChecksum shared;

  @FunctionalInterface
  private interface Change {
    void apply(Path tree) throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounting needs root");
    database = Database.open(root.resolve("db"));
    var snapshotter = OverlaySnapshotter.open(root.resolve("layers"));
    LayerUnpacker none =
        (_, _, _, _) -> {
          throw new IOException("nothing to unpack");
        };
    refs = RefStore.open(root, snapshotter, none, database, Clock.systemUTC());
    shared = checksum();
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private static ContentChecksum checksum() {
    return new ContentChecksum(e -> {
      throw new AssertionError(e);
    });
  }

  private Ref tree(Optional<Ref> parent, Change change) throws Exception {
    var mutable = refs.create(parent, RefOptions.regular("tree"));
    try (var mounted = mutable.mount();
        var dir = mounted.open()) {
      change.apply(Path.of(dir.procPath()).toRealPath());
    }
    return mutable.commit();
  }

  private Ref base() throws Exception {
    return tree(
        Optional.empty(),
        tree -> {
          Files.createDirectories(tree.resolve("a/b/c"));
          Files.createDirectories(tree.resolve("other"));
          Files.writeString(tree.resolve("a/file"), "1");
          Files.writeString(tree.resolve("a/b/file"), "2");
          Files.writeString(tree.resolve("a/b/c/file"), "3");
          Files.writeString(tree.resolve("other/file"), "4");
        });
  }

  private void haveDigestsOfTheirOwn(List<Ref> trees) throws Exception {
    for (var tree : trees) {
      for (var path : List.of("/", "/a", "/a/b", "/a/b/c", "/other", "/other/file")) {
        var selector = Selector.path(path, false);
        var alone = tried(checksum(), tree, selector);
        assertThat(tried(shared, tree, selector)).as(path).isEqualTo(alone);
      }
    }
  }

  private static String tried(ContentChecksum checksum, Ref tree, Selector selector)
      throws Exception {
    try {
      return checksum.checksum(Optional.of(tree), selector).toString();
    } catch (org.jbuildkit.base.BuildException e) {
      return e.toString();
    }
  }

  @Test
  void whateverTheLayerDoes() throws Exception {
    var base = base();
    var written =
        tree(Optional.of(base), tree -> Files.writeString(tree.resolve("a/b/file"), "changed"));
    var removed = tree(Optional.of(base), tree -> Files.delete(tree.resolve("a/b/c/file")));
    var replaced =
        tree(
            Optional.of(base),
            tree -> {
              Files.delete(tree.resolve("other/file"));
              Files.delete(tree.resolve("other"));
              Files.createDirectory(tree.resolve("other"));
              Files.writeString(tree.resolve("other/new"), "5");
            });
    var moved =
        tree(
            Optional.of(written),
            tree ->
                Files.move(
                    tree.resolve("a/b/file"),
                    tree.resolve("a/b/c/file"),
                    StandardCopyOption.REPLACE_EXISTING));
    var rights =
        tree(Optional.of(moved), tree -> tree.resolve("other").toFile().setWritable(false, true));
    haveDigestsOfTheirOwn(List.of(base, written, removed, replaced, moved, rights));
    haveDigestsOfTheirOwn(List.of(rights, moved, replaced, removed, written, base));
  }

  @Test
  void inAnyOrderOfAsking() throws Exception {
    var base = base();
    var top = base;
    for (int i = 0; i < 25; i++) {
      int number = i;
      top =
          tree(
              Optional.of(top),
              tree ->
                  Files.writeString(tree.resolve(number % 2 == 0 ? "a/file" : "n"), "" + number));
    }
    haveDigestsOfTheirOwn(List.of(top, base, top));
  }

  @Test
  void whatNoLayerTouchesIsReadOnce() throws Exception {
    var base = base();
    var one = tree(Optional.of(base), tree -> Files.writeString(tree.resolve("one"), "1"));
    var two = tree(Optional.of(base), tree -> Files.writeString(tree.resolve("two"), "2"));
    var expected = shared.checksum(Optional.of(one), Selector.path("/a", false));
    // Behind the store's back: whoever reads again notices.
    Files.writeString(refs.snapshotter().content(base.id()).resolve("a/file"), "secretly");
    assertThat(shared.checksum(Optional.of(two), Selector.path("/a", false))).isEqualTo(expected);
  }
}
