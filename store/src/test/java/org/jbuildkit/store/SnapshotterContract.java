package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every snapshotter does; a test of one says how it is opened. */
abstract class SnapshotterContract {
  private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1_500_000_000, 123));

  @TempDir Path root;
  private Path target;
  Snapshotter snapshotter;

  abstract Snapshotter open(Path layers) throws IOException;

  @FunctionalInterface
  interface Change {
    void apply(Path tree) throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounting needs root");
    snapshotter = open(root.resolve("layers"));
    target = Files.createDirectory(root.resolve("target"));
  }

  /** A new layer on top of others. */
  void layer(String name, List<String> lower, Change change) throws Exception {
    snapshotter.create(name);
    write(name, lower, change);
  }

  private void write(String name, List<String> lower, Change change) throws Exception {
    snapshotter.mount(lower, Optional.of(name), target);
    try {
      change.apply(target);
    } finally {
      snapshotter.unmount(target);
    }
  }

  void look(List<String> layers, Change check) throws Exception {
    snapshotter.mount(layers, Optional.empty(), target);
    try {
      check.apply(target);
    } finally {
      snapshotter.unmount(target);
    }
  }

  private void base() throws Exception {
    layer(
        "base",
        List.of(),
        tree -> {
          Files.createDirectories(tree.resolve("folder/sub"));
          Files.writeString(tree.resolve("folder/file"), "old");
          Files.writeString(tree.resolve("folder/other"), "other");
          Files.writeString(tree.resolve("folder/sub/deep"), "deep");
          Files.setLastModifiedTime(tree.resolve("folder/file"), TIME);
          Files.setLastModifiedTime(tree.resolve("folder"), TIME);
        });
  }

  @Test
  void whatIsWrittenLandsInTheUpperLayerAlone() throws Exception {
    base();
    layer(
        "upper",
        List.of("base"),
        tree -> {
          Files.writeString(tree.resolve("folder/file"), "new");
          Files.writeString(tree.resolve("added"), "added");
        });
    look(
        List.of("base", "upper"),
        tree -> {
          assertThat(tree.resolve("folder/file")).hasContent("new");
          assertThat(tree.resolve("folder/other")).hasContent("other");
          assertThat(tree.resolve("added")).hasContent("added");
        });
    look(List.of("base"), tree -> assertThat(tree.resolve("folder/file")).hasContent("old"));
    assertThat(snapshotter.content("upper").resolve("folder/file")).hasContent("new");
    assertThat(snapshotter.content("upper").resolve("folder/other")).doesNotExist();
  }

  @Test
  void aRemovedNameIsMarkedAndHidesWhatLiesBelow() throws Exception {
    base();
    layer("upper", List.of("base"), tree -> Files.delete(tree.resolve("folder/file")));
    try (var content = Dir.open(snapshotter.content("upper"))) {
      assertThat(content.stat(ByteName.ofText("folder/file")).isOverlayWhiteout()).isTrue();
    }
    look(
        List.of("base", "upper"),
        tree -> {
          assertThat(tree.resolve("folder/file")).doesNotExist();
          assertThat(tree.resolve("folder/other")).exists();
        });
  }

  @Test
  void aDirectoryMadeAnewShowsNothingOfTheOldOne() throws Exception {
    base();
    layer(
        "upper",
        List.of("base"),
        tree -> {
          for (var name : List.of("folder/sub/deep", "folder/sub", "folder/file", "folder/other")) {
            Files.delete(tree.resolve(name));
          }
          Files.delete(tree.resolve("folder"));
          Files.createDirectory(tree.resolve("folder"));
          Files.writeString(tree.resolve("folder/new"), "new");
        });
    look(
        List.of("base", "upper"),
        tree -> {
          try (var names = Files.list(tree.resolve("folder"))) {
            assertThat(names.map(path -> path.getFileName().toString())).containsExactly("new");
          }
        });
  }

  @Test
  void fileAndDirectoryReplaceEachOther() throws Exception {
    base();
    layer(
        "upper",
        List.of("base"),
        tree -> {
          Files.delete(tree.resolve("folder/other"));
          Files.createDirectory(tree.resolve("folder/other"));
          Files.writeString(tree.resolve("folder/other/inner"), "inner");
          Files.delete(tree.resolve("folder/sub/deep"));
          Files.delete(tree.resolve("folder/sub"));
          Files.writeString(tree.resolve("folder/sub"), "file");
        });
    look(
        List.of("base", "upper"),
        tree -> {
          assertThat(tree.resolve("folder/other/inner")).hasContent("inner");
          assertThat(tree.resolve("folder/sub")).hasContent("file");
        });
  }

  @Test
  void changesOfMetadataAloneAreKept() throws Exception {
    base();
    layer(
        "upper",
        List.of("base"),
        tree -> {
          try (var dir = Dir.open(tree)) {
            dir.chown(ByteName.ofText("folder/other"), 1234, 56);
            dir.chmod(ByteName.ofText("folder/sub"), 01711);
            dir.xattrs(ByteName.ofText("folder/file")).set("user.name", new byte[] {1, 2});
          }
          Files.setLastModifiedTime(tree.resolve("folder/sub/deep"), TIME);
        });
    look(
        List.of("base", "upper"),
        tree -> {
          try (var dir = Dir.open(tree)) {
            var other = dir.stat(ByteName.ofText("folder/other"));
            assertThat(other.uid()).isEqualTo(1234);
            assertThat(other.gid()).isEqualTo(56);
            assertThat(dir.stat(ByteName.ofText("folder/sub")).mode()).isEqualTo(01711);
            assertThat(dir.xattrs(ByteName.ofText("folder/file")).get("user.name"))
                .hasValue(new byte[] {1, 2});
          }
          assertThat(tree.resolve("folder/other")).hasContent("other");
          assertThat(tree.resolve("folder/file")).hasContent("old");
          assertThat(Files.getLastModifiedTime(tree.resolve("folder/file"))).isEqualTo(TIME);
          assertThat(Files.getLastModifiedTime(tree.resolve("folder/sub/deep"))).isEqualTo(TIME);
        });
  }

  @Test
  void aFileWithNewContentAndTheOldTimeIsChanged() throws Exception {
    base();
    layer(
        "upper",
        List.of("base"),
        tree -> {
          Files.writeString(tree.resolve("folder/file"), "OLD");
          Files.setLastModifiedTime(tree.resolve("folder/file"), TIME);
        });
    look(
        List.of("base", "upper"),
        tree -> assertThat(tree.resolve("folder/file")).hasContent("OLD"));
  }

  @Test
  void allKindsOfFilesSurvive() throws Exception {
    base();
    var raw = ByteName.of(new byte[] {'r', (byte) 0xFF, (byte) 0x80});
    layer(
        "upper",
        List.of("base"),
        tree -> {
          try (var dir = Dir.open(tree)) {
            dir.makeNode(ByteName.ofText("fifo"), FileKind.FIFO, 0640, 0, 0);
            dir.makeNode(ByteName.ofText("device"), FileKind.CHARACTER_DEVICE, 0600, 1, 3);
            dir.makeSymlink(ByteName.ofText("link"), ByteName.ofText("../no/where"));
            dir.create(raw, 0604).close();
            dir.chmod(raw, 06755);
          }
          Files.writeString(tree.resolve("one"), "linked");
          Files.createLink(tree.resolve("two"), tree.resolve("one"));
        });
    layer("top", List.of("base", "upper"), tree -> Files.delete(tree.resolve("folder/other")));
    look(
        List.of("base", "upper", "top"),
        tree -> {
          try (var dir = Dir.open(tree)) {
            assertThat(dir.stat(ByteName.ofText("fifo")).kind()).isEqualTo(FileKind.FIFO);
            assertThat(dir.stat(ByteName.ofText("device")).rdevMinor()).isEqualTo(3);
            assertThat(dir.readLink(ByteName.ofText("link")).toString()).isEqualTo("../no/where");
            assertThat(dir.stat(raw).mode()).isEqualTo(06755);
            assertThat(dir.stat(ByteName.ofText("one")).inode())
                .isEqualTo(dir.stat(ByteName.ofText("two")).inode());
          }
        });
  }

  @Test
  void layersStackInAnyOrder() throws Exception {
    for (var name : List.of("a", "b", "c")) {
      layer(name, List.of(), tree -> Files.writeString(tree.resolve("name"), name));
    }
    look(List.of("a", "b", "c"), tree -> assertThat(tree.resolve("name")).hasContent("c"));
    look(List.of("c", "a", "b"), tree -> assertThat(tree.resolve("name")).hasContent("b"));
    look(List.of("b", "c", "b"), tree -> assertThat(tree.resolve("name")).hasContent("b"));
    look(List.of(), tree -> assertThat(tree).isEmptyDirectory());
  }

  @Test
  void aTreeWithoutUpperLayerCannotBeWrittenTo() throws Exception {
    base();
    look(
        List.of("base"),
        tree ->
            assertThatThrownBy(() -> Files.writeString(tree.resolve("new"), ""))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("Read-only"));
  }

  @Test
  void aLayerMountedAgainHoldsWhatItHeld() throws Exception {
    base();
    layer("upper", List.of("base"), tree -> Files.writeString(tree.resolve("first"), "1"));
    write(
        "upper",
        List.of("base"),
        tree -> {
          assertThat(tree.resolve("first")).hasContent("1");
          Files.writeString(tree.resolve("second"), "2");
        });
    look(
        List.of("base", "upper"),
        tree -> {
          assertThat(tree.resolve("first")).hasContent("1");
          assertThat(tree.resolve("second")).hasContent("2");
        });
  }

  @Test
  void theRootsOwnMetadataBelongsToTheLayer() throws Exception {
    base();
    layer(
        "upper",
        List.of("base"),
        tree -> Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwx--x--x")));
    look(
        List.of("base", "upper"),
        tree ->
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tree)))
                .isEqualTo("rwx--x--x"));
  }

  @Test
  void aStackOfMoreLayersThanAnyMountTakesIsShown() throws Exception {
    int count = 620;
    var layers = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var layer = "layer-with-a-name-as-long-as-real-ones-" + i;
      snapshotter.create(layer);
      Files.writeString(snapshotter.content(layer).resolve("file-" + i), "content " + i);
      Files.writeString(snapshotter.content(layer).resolve("last"), "" + i);
      layers.add(layer);
    }
    layer("upper", layers, tree -> Files.delete(tree.resolve("file-1")));
    layers.add("upper");
    look(
        layers,
        tree -> {
          assertThat(tree.resolve("file-0")).hasContent("content 0");
          assertThat(tree.resolve("file-1")).doesNotExist();
          assertThat(tree.resolve("file-" + (count - 1))).hasContent("content " + (count - 1));
          assertThat(tree.resolve("last")).hasContent("" + (count - 1));
        });
  }

  @Test
  void usageGrowsWithTheContentOfTheLayerOnly() throws Exception {
    layer("base", List.of(), tree -> Files.write(tree.resolve("big"), new byte[1_000_000]));
    layer("upper", List.of("base"), tree -> Files.writeString(tree.resolve("small"), "small"));
    assertThat(snapshotter.usage("base")).isBetween(1_000_000L, 1_100_000L);
    assertThat(snapshotter.usage("upper")).isLessThan(100_000L);
  }

  @Test
  void removingIsFinalAndAnAbsentLayerIsFine() throws Exception {
    base();
    snapshotter.remove("base");
    snapshotter.remove("base");
    assertThat(snapshotter.content("base")).doesNotExist();
  }

  @Test
  void sweepingLeavesWhatIsNamedAndNoMount() throws Exception {
    base();
    layer("gone", List.of("base"), tree -> Files.writeString(tree.resolve("x"), "x"));
    snapshotter.create("open");
    var inner = Files.createDirectories(root.resolve("layers/open/mounted-here"));
    snapshotter.mount(List.of("base"), Optional.empty(), inner);
    snapshotter.sweep(Set.of("base"));
    assertThat(MountEntry.under(ByteName.ofText(root.resolve("layers").toString()))).isEmpty();
    look(List.of("base"), tree -> assertThat(tree.resolve("folder/file")).hasContent("old"));
    assertThat(Files.exists(snapshotter.content("gone"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }
}
