package org.jbuildkit.store.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestFileTest {
  @TempDir Path folder;
  private DigestFile file;

  @BeforeEach
  void save() throws IOException {
    var digests = new TreeDigests(true);
    digests.written(ByteName.of(new byte[] {'a', (byte) 0xFF}), Digest.sha256("one"));
    digests.written(ByteName.ofText("b/c"), Digest.sha256("two"));
    file = new DigestFile(folder);
    file.save("tree#1", digests);
  }

  @Test
  void givesBackWhatWasKept() throws IOException {
    var paths = new ArrayList<String>();
    var digests = new TreeDigests(true);
    assertThat(file.load("tree#1", digests)).isTrue();
    digests.forEach((isContent, path, hash) -> {
      paths.add(isContent + " " + ByteName.of(path));
      assertThat(hash).hasSize(32);
    });
    assertThat(paths)
        .containsExactly("false " + ByteName.of(new byte[] {'a', (byte) 0xFF}), "false b/c");
  }

  @Test
  void ofOtherContentIsNone() {
    assertThat(file.load("tree", new TreeDigests(true))).isFalse();
    assertThat(file.load("tree#2", new TreeDigests(true))).isFalse();
    assertThat(file.load("tree#1", new TreeDigests(false))).isFalse();
  }

  @Test
  void cutShortOrAlteredAnywhereIsNone() throws IOException {
    var kept = folder.resolve("digests");
    var whole = Files.readAllBytes(kept);
    for (int i = 0; i < whole.length; i++) {
      Files.write(kept, java.util.Arrays.copyOf(whole, i));
      assertThat(file.load("tree#1", new TreeDigests(true))).as("cut at " + i).isFalse();
      var altered = whole.clone();
      altered[i] ^= 0x40;
      Files.write(kept, altered);
      assertThat(file.load("tree#1", new TreeDigests(true))).as("altered at " + i).isFalse();
    }
  }

  @Test
  void isGoneOnceDeleted() throws IOException {
    file.delete();
    file.delete();
    assertThat(file.load("tree#1", new TreeDigests(true))).isFalse();
  }
}
