package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OverlaySnapshotterTest extends SnapshotterContract {

  @Override
  Snapshotter open(Path layers) throws IOException {
    return OverlaySnapshotter.open(layers);
  }

  @Test
  void flattenedLayersHideWhatUpperOnesRemove() throws Exception {
    var small =
        new OverlaySnapshotter(new LayerFolders(root.resolve("layers")), new KernelOverlay(4));
    layer(
        "a",
        List.of(),
        tree -> {
          Files.createDirectory(tree.resolve("gone"));
          Files.createDirectory(tree.resolve("opaque"));
          Files.writeString(tree.resolve("gone/old"), "a");
          Files.writeString(tree.resolve("opaque/old"), "a");
          Files.writeString(tree.resolve("file"), "a");
        });
    layer("b", List.of("a"), tree -> Files.delete(tree.resolve("gone/old")));
    layer(
        "c",
        List.of("a", "b"),
        tree -> {
          Files.delete(tree.resolve("opaque/old"));
          Files.delete(tree.resolve("opaque"));
          Files.createDirectory(tree.resolve("opaque"));
          Files.createLink(tree.resolve("linked"), tree.resolve("file"));
        });
    for (var layer : List.of("d", "e", "f")) {
      small.create(layer);
    }
    var target = Files.createDirectory(root.resolve("small"));
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
}
