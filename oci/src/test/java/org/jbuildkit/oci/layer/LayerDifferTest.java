package org.jbuildkit.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.linux.Timestamp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vectors are digests of layers that BuildKit v0.32.2 made. */
class LayerDifferTest {
  @TempDir Path upper;

  @BeforeEach
  void root() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are written: needs root");
  }

  private void set(String name, int mode, long seconds, int nanos) throws IOException {
    try (var dir = Dir.open(upper)) {
      var path = ByteName.ofText(name);
      if (!dir.stat(path).isSymlink()) {
        dir.chmod(path, mode);
      }
      dir.setTimes(path, new Timestamp(seconds, nanos));
    }
  }

  private String digest(Optional<Path> lower) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var dir = Dir.open(upper)) {
      if (lower.isPresent()) {
        try (var below = Dir.open(lower.get())) {
          LayerDiffer.writeTrees(Optional.of(below), dir, out);
        }
      } else {
        LayerDiffer.writeOverlay(Optional.empty(), dir, out);
      }
    }
    return Digest.sha256(out.toByteArray()).hex();
  }

  @Test
  void nothingChanged() throws IOException {
    assertThat(digest(Optional.empty()))
        .isEqualTo("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
  }

  @Test
  void oneFile() throws IOException {
    Files.writeString(upper.resolve("f"), "F");
    set("f", 0644, 1000000000, 0);
    assertThat(digest(Optional.empty()))
        .isEqualTo("f5f3a5a9e6b75c7eae9aa614eb70e5c67fc69a70e01e1223e349d3b1dcf1d7a8");
  }

  @Test
  void timesAreCutToSecondsAndOwnersKept() throws IOException {
    Files.writeString(upper.resolve("a"), "x");
    Files.writeString(upper.resolve("b"), "");
    set("a", 0644, 1000000000, 999999999);
    try (var dir = Dir.open(upper)) {
      dir.chown(ByteName.ofText("b"), 1000, 1000);
    }
    set("b", 0600, 0, 0);
    assertThat(digest(Optional.empty()))
        .isEqualTo("b9b04660d06f9de62fbf539cc3c32682e4edba5e644178cdb33fb20c3660217f");
  }

  @Test
  void aDirectory() throws IOException {
    Files.createDirectory(upper.resolve("d"));
    set("d", 0755, 1000000000, 0);
    assertThat(digest(Optional.empty()))
        .isEqualTo("63488ca6262037e588aa1b8e1cc6b96900d2cc7dc07bdd018ccbd2a0da5896d2");
  }

  @Test
  void aDeletion(@TempDir Path lower) throws IOException {
    Files.createDirectory(lower.resolve("d"));
    assertThat(digest(Optional.of(lower)))
        .isEqualTo("f9a4f118c4204fb29e672137478e75512b59d173437d430a39c2172413321dd2");
  }

  @Test
  void aLink() throws IOException {
    Files.createSymbolicLink(upper.resolve("l"), Path.of("a/b"));
    set("l", 0777, 1000000000, 0);
    assertThat(digest(Optional.empty()))
        .isEqualTo("6da2922500f7e9b67ba4072a71054f62be477321f9d43be1da161ed1a79edaf6");
  }

  @Test
  void aNameOutsideOfAscii() throws IOException {
    try (var dir = Dir.open(upper)) {
      dir.makeDir(ByteName.ofText("é"), 0777);
    }
    set("é", 0777, 1000000000, 0);
    assertThat(digest(Optional.empty()))
        .isEqualTo("d8b893661c9d81c502e248d8382af75c8644464ce43c759b4a07ad42b95b6ab4");
  }

  @Test
  void fileCapabilities() throws IOException {
    Files.writeString(upper.resolve("cap"), "c");
    try (var dir = Dir.open(upper)) {
      dir.xattrs(ByteName.ofText("cap"))
          .set(
              "security.capability", HexFormat.of().parseHex("0100000200040000" + "00".repeat(12)));
    }
    set("cap", 0755, 1000000000, 0);
    assertThat(digest(Optional.empty()))
        .isEqualTo("d678c60d790a1b944cf3b0dbb289ffa39774af811bb049b7a372c66231f27ae3");
  }

  @Test
  void anUnchangedNameOfAFileThatIsWrittenIsALinkToIt(@TempDir Path lower) throws IOException {
    Files.writeString(upper.resolve("a"), "same");
    for (var name : List.of("b", "c")) {
      Files.createLink(upper.resolve(name), upper.resolve("a"));
    }
    set("a", 0644, 1000000000, 1);
    for (var name : List.of("a", "c")) {
      Files.copy(upper.resolve(name), lower.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    var out = new ByteArrayOutputStream();
    try (var above = Dir.open(upper);
        var below = Dir.open(lower)) {
      LayerDiffer.writeTrees(Optional.of(below), above, out);
    }
    var names = new ArrayList<String>();
    var in = new TarReader(new ByteArrayInputStream(out.toByteArray()));
    for (var entry = in.next(); entry.isPresent(); entry = in.next()) {
      names.add(entry.get().name() + " " + entry.get().linkName());
    }
    assertThat(names).containsExactly("b ", "a b", "c b");
  }

  @Test
  void aDirectoryInThePlaceOfALinkIsWrittenWhole(@TempDir Path lower) throws IOException {
    Files.createSymbolicLink(lower.resolve("l"), Path.of("elsewhere"));
    Files.createDirectory(upper.resolve("l"));
    Files.writeString(upper.resolve("l/x"), "x");
    var out = new ByteArrayOutputStream();
    try (var above = Dir.open(upper);
        var below = Dir.open(lower)) {
      LayerDiffer.writeOverlay(Optional.of(below), above, out);
    }
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).contains("l/x");
  }
}
