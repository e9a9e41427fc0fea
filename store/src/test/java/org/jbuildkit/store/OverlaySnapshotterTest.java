package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.linux.OverlayMount;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OverlaySnapshotterTest {
  @TempDir Path root;
  private Path target;
  private OverlaySnapshotter snapshotter;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounting needs root");
    snapshotter = OverlaySnapshotter.open(Files.createDirectory(root.resolve("layers")));
    target = Files.createDirectory(root.resolve("target"));
  }

  @AfterEach
  void unmount() {
    if (Files.exists(target.resolve("file-0"), LinkOption.NOFOLLOW_LINKS)) {
      try {
        snapshotter.unmount(target);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private List<String> layers(int count) throws IOException {
    var made = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var layer = "layer-with-a-name-as-long-as-real-ones-" + i;
      snapshotter.create(layer);
      Files.writeString(snapshotter.content(layer).resolve("file-" + i), "content " + i);
      Files.writeString(snapshotter.content(layer).resolve("last"), "" + i);
      made.add(layer);
    }
    return made;
  }

  @Test
  void mountsMoreLayersThanAPageOfOptionsNames() throws Exception {
    assumeTrue(OverlayMount.isSupported(), "the kernel takes layers only in a page of options");
    var layers = layers(400);
    snapshotter.create("upper");
    snapshotter.mount(layers, Optional.of("upper"), target);
    Files.writeString(target.resolve("last"), "changed");
    assertThat(target.resolve("file-0")).hasContent("content 0");
    assertThat(target.resolve("file-399")).hasContent("content 399");
    assertThat(snapshotter.content("upper").resolve("last")).hasContent("changed");
    assertThat(snapshotter.content(layers.getLast()).resolve("last")).hasContent("399");
  }

  @Test
  void flattensWhatTheKernelDoesNotTake() throws Exception {
    var layers = layers(1100);
    snapshotter.mount(layers, Optional.empty(), target);
    assertThat(target.resolve("file-0")).hasContent("content 0");
    assertThat(target.resolve("file-1099")).hasContent("content 1099");
    assertThat(target.resolve("last")).hasContent("1099");
  }

  @Test
  void flattenedLayersHideWhatUpperOnesRemove() throws Exception {
    var small = new OverlaySnapshotter(root.resolve("layers"), 4);
    for (var layer : List.of("a", "b", "c", "d", "e", "f")) {
      snapshotter.create(layer);
    }
    write("a", "gone/old");
    write("a", "opaque/old");
    write("a", "file-0");
    mountAndRun(List.of("a"), "b", () -> Files.delete(target.resolve("gone/old")));
    mountAndRun(
        List.of("a", "b"),
        "c",
        () -> {
          Files.delete(target.resolve("opaque/old"));
          Files.delete(target.resolve("opaque"));
          Files.createDirectory(target.resolve("opaque"));
          Files.createLink(target.resolve("linked"), target.resolve("file-0"));
        });
    small.mount(List.of("a", "b", "c", "d", "e", "f"), Optional.empty(), target);
    try {
      assertThat(target.resolve("gone")).isEmptyDirectory();
      assertThat(target.resolve("opaque")).isEmptyDirectory();
      assertThat(target.resolve("linked")).hasContent("a");
    } finally {
      small.unmount(target);
    }
    small.remove("d");
    try (var left = Files.list(root.resolve("layers"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "b", "c", "e", "f", "empty");
    }
  }

  private void write(String layer, String path) throws IOException {
    var file = snapshotter.content(layer).resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, layer);
  }

  @FunctionalInterface
  private interface Change {
    void apply() throws IOException;
  }

  private void mountAndRun(List<String> lower, String upper, Change change) throws Exception {
    snapshotter.mount(lower, Optional.of(upper), target);
    try {
      change.apply();
    } finally {
      snapshotter.unmount(target);
    }
  }
}
