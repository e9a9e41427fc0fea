package org.jbuildkit.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarEntry.Kind;
import org.jbuildkit.oci.layer.TarWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ADD unpacks, made to do harm. */
@Timeout(20)
class HostileArchiveTest {
  private static final Copying UNPACK = Copying.with("unpack", "parents");

  @TempDir Path folder;
  private Tree source;
  private Tree target;
  private Path secret;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  @BeforeEach
  void trees() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are set: needs root");
    source = new Tree(Files.createDirectory(folder.resolve("s")));
    target = new Tree(Files.createDirectory(folder.resolve("t")));
    secret = Files.writeString(folder.resolve("secret"), "the host's");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  private HostileArchiveTest add(Kind kind, String name, String link) throws IOException {
    return add(kind, name, link, 0, new TreeMap<>());
  }

  private HostileArchiveTest add(
      Kind kind, String name, String link, long uid, SortedMap<String, byte[]> xattrs)
      throws IOException {
    var from = ByteName.ofText(name);
    var to = ByteName.ofText(link);
    tar.begin(new TarEntry(kind, from, to, 0777, uid, 0, 0, 1, 0, 1, 3, xattrs));
    return this;
  }

  private void unpack(String to) throws IOException {
    tar.close();
    Files.write(source.root().resolve("a.tar"), bytes.toByteArray());
    UNPACK.run(source, "/a.tar", target, to);
  }

  private void checkSecret() throws IOException {
    assertThat(secret).hasContent("the host's");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("s", "t", "secret");
  }

  /** CVE-2020-10696, CVE-2021-29136. */
  @Test
  void namesAndLinksLeadInsideOnly() throws IOException {
    add(Kind.REGULAR, "../../secret", "").add(Kind.REGULAR, secret.toString(), "");
    add(Kind.SYMLINK, "up", "../..").add(Kind.REGULAR, "up/secret", "");
    add(Kind.SYMLINK, "over", secret.toString()).add(Kind.REGULAR, "over", "");
    unpack("/n");
    checkSecret();
    assertThat(target.root().resolve("n/over")).isRegularFile();
  }

  /** CVE-2026-28406: further names of files outside. */
  @ParameterizedTest
  @ValueSource(strings = {"up/secret", "../../secret", "/../../secret"})
  void furtherNamesAreOfFilesInsideOnly(String link) throws IOException {
    add(Kind.SYMLINK, "up", "../..").add(Kind.HARD_LINK, "h", link);
    assertThatThrownBy(() -> unpack("/n")).isInstanceOf(IOException.class);
    checkSecret();
  }

  /** CVE-2021-32760, CVE-2025-47290. */
  @Test
  void aLinksTargetIsNeitherChangedNorWritten() throws IOException {
    add(Kind.SYMLINK, "s", secret.toString()).add(Kind.HARD_LINK, "h", "s");
    unpack("/n");
    checkSecret();
    assertThat(Files.isSymbolicLink(target.root().resolve("n/h"))).isTrue();
  }

  /** CVE-2026-50162: a member took the place of the folder that it was unpacked into. */
  @ParameterizedTest
  @ValueSource(strings = {"", ".", "./", "/", "a/..", "../.."})
  void theDestinationIsNeverReplaced(String name) throws IOException {
    target.dir("n", 0755).file("n/kept", 0600, "kept");
    add(Kind.SYMLINK, name, folder.toString()).add(Kind.HARD_LINK, name, "../../secret");
    add(Kind.REGULAR, name, "").add(Kind.REGULAR, "secret", "");
    unpack("/n");
    assertThat(target.text("n/kept")).isEqualTo("kept");
    assertThat(target.root().resolve("n/secret")).isRegularFile();
    checkSecret();
  }

  /** CVE-2024-40635, CVE-2026-46680. */
  @ParameterizedTest
  @ValueSource(longs = {1L << 31, 1L << 32, (1L << 32) - 1})
  void ownersOverThirtyOneBitsAreRefused(long uid) throws IOException {
    add(Kind.REGULAR, "f", "", uid, new TreeMap<>());
    assertThatThrownBy(() -> unpack("/n")).hasMessageContaining("invalid owner in archive for f");
  }

  @Test
  void whatOverlayfsKeepsInAttributesIsNotTheArchivesToSet() throws IOException {
    var xattrs = new TreeMap<String, byte[]>();
    xattrs.put("trusted.overlay.redirect", new byte[] {'/'});
    add(Kind.DIRECTORY, "d", "", 0, xattrs);
    unpack("/n");
    try (var root = Dir.open(target.root())) {
      assertThat(root.xattrs(ByteName.ofText("n/d")).all())
          .doesNotContainKey("trusted.overlay.redirect");
    }
  }
}
