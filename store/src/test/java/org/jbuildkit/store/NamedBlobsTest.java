package org.jbuildkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.MediaType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs live as long as layers name them. */
class NamedBlobsTest {
  @TempDir Path folder;

  private static Descriptor blob(String text) {
    return Descriptor.of(
        MediaType.OCI_LAYER, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void aBlobIsDroppedWithTheLastLayerThatNamesIt() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        ProcessCalls.effectiveUserId() == 0, "overlay folders need root");
    var dropped = new ArrayList<Digest>();
    var unpacker =
        new LayerUnpacker() {
          @Override
          public void unpack(LazyLayer layer, Path content, boolean isLowest, Room room) {}

          @Override
          public void drop(Digest blob) {
            dropped.add(blob);
          }
        };
    try (var database = Database.open(folder.resolve("meta.db"))) {
      var refs =
          RefStore.open(
              folder,
              OverlaySnapshotter.open(folder.resolve("snapshots")),
              unpacker,
              database,
              Clock.systemUTC());
      var shared = blob("shared");
      var ids = new ArrayList<String>();
      for (int i = 0; i < 2; i++) {
        var lazy = new LazyLayer(shared, Digest.sha256("diff"), (_, _) -> {});
        try (var ref = refs.layer(Optional.empty(), lazy, RefOptions.regular("test"))) {
          ids.add(ref.id());
        }
      }
      assertThat(refs.blobs()).containsExactly(shared.digest());
      assertThat(refs.remove(ids.getFirst())).isTrue();
      assertThat(dropped).isEmpty();
      assertThat(refs.remove(ids.getLast())).isTrue();
      assertThat(dropped).containsExactly(shared.digest());
      assertThat(refs.blobs()).isEmpty();
    }
  }

  @Test
  void atStartWhatNothingNamesIsRemoved() throws Exception {
    var content = FileContentStore.open(folder.resolve("content"));
    var kept = content.put(new byte[] {1});
    var lost = content.put(new byte[] {2, 3});
    assertThat(BlobSweep.run(content, Set.of(kept))).isEqualTo(2);
    assertThat(content.size(kept)).isPresent();
    assertThat(List.of(content.size(lost))).containsExactly(Optional.empty());
  }
}
