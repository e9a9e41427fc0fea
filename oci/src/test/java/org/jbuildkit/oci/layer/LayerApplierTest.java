package org.jbuildkit.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.layer.TarEntry.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers onto an overlay's upper directory, and what is read back from there as a layer. */
class LayerApplierTest {
  @TempDir Path folder;
  private Path upper;
  private Path lower;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  @BeforeEach
  void trees() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "whiteouts are devices: needs root");
    upper = Files.createDirectory(folder.resolve("upper"));
    lower = Files.createDirectory(folder.resolve("lower"));
    Files.createDirectories(lower.resolve("d/sub"));
    Files.writeString(lower.resolve("d/a"), "a");
    Files.writeString(lower.resolve("f"), "f");
    Files.createSymbolicLink(lower.resolve("l"), Path.of("d"));
  }

  private LayerApplierTest add(Kind kind, String name, String link) throws IOException {
    tar.begin(
        new TarEntry(
            kind,
            ByteName.ofText(name),
            ByteName.ofText(link),
            0755,
            0,
            0,
            0,
            1,
            0,
            1,
            3,
            new TreeMap<>()));
    return this;
  }

  private void apply() throws IOException {
    tar.close();
    try (var above = Dir.open(upper);
        var below = Dir.open(lower)) {
      LayerApplier.apply(above, Optional.of(below), new ByteArrayInputStream(bytes.toByteArray()));
    }
  }

  /** Names in the layer that the upper directory makes, with a link's target. */
  private List<String> layer() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var above = Dir.open(upper);
        var below = Dir.open(lower)) {
      LayerDiffer.writeOverlay(Optional.of(below), above, out);
    }
    var names = new ArrayList<String>();
    var in = new TarReader(new ByteArrayInputStream(out.toByteArray()));
    for (var entry = in.next(); entry.isPresent(); entry = in.next()) {
      var link = entry.get().linkName();
      names.add(entry.get().name() + (link.isEmpty() ? "" : " -> " + link));
    }
    return names;
  }

  @Test
  void namesStayInsideTheRoot() throws IOException {
    add(Kind.REGULAR, "../../x", "").add(Kind.REGULAR, "/y", "").add(Kind.REGULAR, "./a/../b", "");
    add(Kind.SYMLINK, "up", "../..").add(Kind.REGULAR, "up/z", "");
    apply();
    assertThat(upper.toFile().list()).containsExactlyInAnyOrder("x", "y", "b", "up");
    assertThat(upper.resolve("up/z")).exists();
    assertThat(folder.resolve("z")).doesNotExist();
    assertThat(Files.isSymbolicLink(upper.resolve("up"))).isFalse();
  }

  @Test
  void aDirectoryHidesALowerLink() throws IOException {
    add(Kind.REGULAR, "l/x", "").apply();
    assertThat(layer()).containsExactly("l/", "l/x");
  }

  @Test
  void aLinkReplacesALowerDirectoryWithoutWhiteouts() throws IOException {
    add(Kind.SYMLINK, "d", "f").apply();
    assertThat(layer()).containsExactly("d -> f");
  }

  @Test
  void anOpaqueDirectoryIsWrittenAsWhiteoutsOfItsNames() throws IOException {
    add(Kind.DIRECTORY, "d/", "").add(Kind.REGULAR, "d/.wh..wh..opq", "");
    add(Kind.REGULAR, "d/b", "").apply();
    assertThat(layer()).containsExactly("d/", "d/.wh.a", "d/b", "d/.wh.sub");
  }

  @Test
  void aDirectoryRemovedAndMadeAgainDoesNotShowItsOldNames() throws IOException {
    add(Kind.REGULAR, ".wh.d", "").add(Kind.DIRECTORY, "d/", "").add(Kind.REGULAR, "d/b", "");
    apply();
    assertThat(layer()).endsWith("d/.wh.a", "d/b", "d/.wh.sub");
  }

  @Test
  void aWhiteoutOfANameThatNeverWasIsNotWrittenAgain() throws IOException {
    add(Kind.REGULAR, ".wh.none", "").add(Kind.REGULAR, ".wh.f", "").apply();
    assertThat(layer()).containsExactly(".wh.f");
  }

  @Test
  void otherMarkersAreIgnoredAndBadWhiteoutsFail() throws IOException {
    add(Kind.REGULAR, ".wh..wh.plnk", "").add(Kind.REGULAR, ".wh...", "");
    assertThatThrownBy(this::apply).hasMessageContaining("invalid whiteout name");
    assertThat(upper.toFile().list()).isEmpty();
  }

  @Test
  void hardLinksAreNamedByTheFirstName() throws IOException {
    add(Kind.REGULAR, "z", "").add(Kind.HARD_LINK, "b", "/z").add(Kind.HARD_LINK, "c", "../z");
    apply();
    assertThat(layer()).containsExactly("b", "c -> b", "z -> b");
  }

  @Test
  void aHardLinkToALowerFileBringsThatUp() throws IOException {
    add(Kind.HARD_LINK, "x/new", "d/a");
    apply();
    assertThat(upper.resolve("x/new")).hasContent("a");
    assertThat(Files.isSameFile(upper.resolve("x/new"), upper.resolve("d/a"))).isTrue();
    assertThat(Files.getLastModifiedTime(upper.resolve("d/a")))
        .isEqualTo(Files.getLastModifiedTime(lower.resolve("d/a")));
  }

  @Test
  void nodesAndOddNamesComeBack() throws IOException {
    add(Kind.CHARACTER_DEVICE, "null", "").add(Kind.FIFO, "p", "");
    add(Kind.REGULAR, "new\nline", "").add(Kind.REGULAR, "é\udc80", "");
    add(Kind.REGULAR, "x".repeat(200), "");
    apply();
    try (var dir = Dir.open(upper)) {
      dir.makeNode(ByteName.ofText("socket"), org.jbuildkit.linux.FileKind.SOCKET, 0600, 0, 0);
    }
    assertThat(layer())
        .containsExactlyInAnyOrder("null", "p", "new\nline", "é\udc80", "x".repeat(200));
  }

  @Test
  void aCutLayerFails() throws IOException {
    add(Kind.REGULAR, "a", "").tar.close();
    var cut = new ByteArrayInputStream(Arrays.copyOf(bytes.toByteArray(), 300));
    try (var above = Dir.open(upper)) {
      assertThatThrownBy(() -> LayerApplier.apply(above, Optional.empty(), cut))
          .hasMessage("unexpected EOF");
    }
  }
}
