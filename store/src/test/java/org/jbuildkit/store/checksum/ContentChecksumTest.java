package org.jbuildkit.store.checksum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vectors are digests that BuildKit v0.32.2 exported for this tree. */
class ContentChecksumTest {
  @TempDir Path folder;

  @BeforeEach
  void tree() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are hashed: needs root");
    file("foo", "hello\n");
    file("d/a", "a");
    file("d/a-b", "q");
    file("d/b.txt", "b");
    file("d/sub/x", "x");
    file("d/sub/deep/y", "y");
    file("d.z", "z");
    Files.createSymbolicLink(folder.resolve("d/l"), Path.of("../foo"));
    Files.createSymbolicLink(folder.resolve("dl"), Path.of("d"));
    for (var dir : List.of("d", "d/sub", "d/sub/deep")) {
      permissions(dir, "rwxr-xr-x");
    }
  }

  private void file(String name, String content) throws IOException {
    var path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    permissions(name, "rw-r--r--");
  }

  private void permissions(String name, String permissions) throws IOException {
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString(permissions));
  }

  private String digest(Selector selector) throws IOException {
    try (var root = Dir.open(folder)) {
      return ContentChecksum.checksum(root, new TreeDigests(true), selector).hex();
    }
  }

  private String path(String path, boolean follow) throws IOException {
    return digest(Selector.path(path, follow));
  }

  private String wild(String path, boolean follow, List<String> include, List<String> exclude)
      throws IOException {
    return digest(new Selector(path, follow, true, include, exclude, List.of()));
  }

  private String filtered(String path, List<String> include, List<String> exclude)
      throws IOException {
    return digest(new Selector(path, false, false, include, exclude, List.of()));
  }

  @Test
  void singlePaths() throws IOException {
    assertThat(path("/", false))
        .isEqualTo("8c3e8337360cfbd830501b187f7f712bce929fd7359a63809746b2255842cb8a");
    assertThat(path("/d/", false))
        .isEqualTo("7eafabcc330d3b26e0fd23d921d82a4dcf76f41a5db2528bd7f5c95ca92ed117");
    assertThat(path("/dl", true)).isEqualTo(path("/d", false));
    assertThat(path("/d/l", false))
        .isEqualTo("1b5cdffaad24a3144242becd0e5b0db5137ee7a17b77a703f16ff97a030e3ffa");
    assertThat(path("/d/l", true))
        .isEqualTo("09eefdc91e8894bc767daae7daa5a4e8cbf396610f10ae20604d9086c76d4a93");
  }

  @Test
  void wildcards() throws IOException {
    assertThat(wild("/d*", false, List.of(), List.of()))
        .isEqualTo("a89aa4d6c5fdb18ccb5776c6fe07ece4202ef4924c5751d792bf93c02b14e99f");
    assertThat(wild("/dl*", true, List.of(), List.of()))
        .isEqualTo("40aa1f858bae95b17e4b3bafca2805cba11fa4b1d4e4afcc7357ddf7c45c700a");
    assertThat(wild("/d/*/x", false, List.of(), List.of()))
        .isEqualTo("99745d9d62a47cf71615dbdb41aaa0ae47dfdb822442f8b5494bbc4468ad3d00");
    assertThat(wild("/fo?", false, List.of(), List.of()))
        .isEqualTo("9095ee974a3e2a8921bf44928d2c90200abd5d51183b299c5234c861ec985507");
    assertThat(wild("/zz*", false, List.of(), List.of()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void patterns() throws IOException {
    assertThat(filtered("/d", List.of("*.txt"), List.of()))
        .isEqualTo("636f2056a3ae4d9bafb87dc05ea4d67268ae42a296437b6bd4676576bfd5d4d9");
    assertThat(filtered("/", List.of("**/y"), List.of()))
        .isEqualTo("49cc90f672d922e835af18bc87d18df2c34e9ae0db352d29c88dc1ee5f9d439d");
    assertThat(filtered("/d", List.of(), List.of("*", "!sub/deep/y")))
        .isEqualTo("c95fecc64413a823baf9673cc376dd35b7ffe91ad25e9cd4f36585a53b544269");
    assertThat(filtered("/d", List.of("zz"), List.of()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(filtered("/foo", List.of(), List.of("zz")))
        .isEqualTo("09eefdc91e8894bc767daae7daa5a4e8cbf396610f10ae20604d9086c76d4a93");
    assertThat(wild("/d*", false, List.of(), List.of("sub")))
        .isEqualTo("996a06380dabe92ace274eb21db8012cc63cf1b1cc7cb6ddf22716a3d20eefce");
    assertThat(wild("/d*", false, List.of("a"), List.of()))
        .isEqualTo("d8d61f85d1cbc3ec498862ff58f4a4651652e791793bfb81e528c44250ac9140");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> path("/nope", false)).hasMessage("\"/nope\": not found");
    assertThatThrownBy(() -> filtered("/d", List.of("["), List.of()))
        .hasMessage("invalid includepatterns: [[]: syntax error in pattern");
  }

  @Test
  void toldChangesGiveTheDigestsOfTheChangedTree() throws IOException {
    var kept = new TreeDigests(true);
    var changes = new TreeChanges(kept);
    try (var root = Dir.open(folder)) {
      var all = Selector.path("/", false);
      var before = ContentChecksum.checksum(root, kept, all);

      file("d/sub/x", "another");
      var hasher = changes.hasher(0644, 0, 0, 7);
      changes.written(ByteName.ofText("d/sub/x"), hasher.update("another").finish());
      Files.delete(folder.resolve("d/sub/deep/y"));
      Files.delete(folder.resolve("d/sub/deep"));
      changes.removed(ByteName.ofText("d/sub/deep"));
      permissions("d", "rwx------");
      changes.changed(ByteName.ofText("d"));
      file("new/f", "n");
      changes.changed(ByteName.ofText("new"));

      assertThat(ContentChecksum.checksum(root, kept, all))
          .isEqualTo(ContentChecksum.checksum(root, new TreeDigests(true), all))
          .isNotEqualTo(before);
    }
  }

  @Test
  void onlyWhatChangedIsReadAgain() throws IOException {
    var kept = new TreeDigests(true);
    try (var root = Dir.open(folder)) {
      var all = Selector.path("/", false);
      var before = ContentChecksum.checksum(root, kept, all);
      file("d/b.txt", "not told");
      assertThat(ContentChecksum.checksum(root, kept, all)).isEqualTo(before);
      new TreeChanges(kept).removed(ByteName.ofText("d/b.txt"));
      assertThat(ContentChecksum.checksum(root, kept, all)).isNotEqualTo(before);
    }
  }
}
