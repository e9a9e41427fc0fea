package org.jbuildkit.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.layer.TarEntry.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers that were made to do harm. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileLayerTest {
  private static final int PERMISSIONS = 0777;

  @TempDir Path folder;
  private Path root;
  private Path secret;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  @BeforeEach
  void trees() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are set: needs root");
    root = Files.createDirectory(folder.resolve("root"));
    secret = Files.writeString(folder.resolve("secret"), "the host's");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  private HostileLayerTest add(Kind kind, String name, String link) throws IOException {
    return add(kind, name, link, 0, new TreeMap<>());
  }

  private HostileLayerTest add(
      Kind kind, String name, String link, long uid, SortedMap<String, byte[]> xattrs)
      throws IOException {
    tar.begin(
        new TarEntry(
            kind,
            ByteName.ofText(name),
            ByteName.ofText(link),
            PERMISSIONS,
            uid,
            0,
            0,
            1,
            0,
            1,
            3,
            xattrs));
    return this;
  }

  private void apply() throws IOException {
    tar.close();
    apply(new ByteArrayInputStream(bytes.toByteArray()));
  }

  private void apply(InputStream layer) throws IOException {
    try (var above = Dir.open(root)) {
      LayerApplier.apply(above, Optional.empty(), layer);
    }
  }

  private void checkSecret() throws IOException {
    assertThat(secret).hasContent("the host's");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("root", "secret");
  }

  /** CVE-2020-10696, CVE-2021-29136: names and links led out of the target. */
  @Test
  void namesThatClimbStayInside() throws IOException {
    add(Kind.REGULAR, "../secret", "").add(Kind.REGULAR, secret.toString(), "");
    add(Kind.SYMLINK, "up", "..").add(Kind.REGULAR, "up/secret", "");
    add(Kind.SYMLINK, "over", secret.toString()).add(Kind.REGULAR, "over", "");
    apply();
    checkSecret();
  }

  /** CVE-2026-28406: a further name of a file outside, through a link. */
  @ParameterizedTest
  @ValueSource(strings = {"up/secret", "../secret", "/secret"})
  void furtherNamesAreOfFilesInsideOnly(String target) throws IOException {
    add(Kind.SYMLINK, "up", "..").add(Kind.HARD_LINK, "h", target);
    assertThatThrownBy(this::apply).isInstanceOf(IOException.class);
    checkSecret();
    assertThat(root.resolve("h")).doesNotExist();
  }

  /** CVE-2021-32760, CVE-2025-47290: a link's target got the member's permissions and bytes. */
  @Test
  void aLinksTargetIsNeitherChangedNorWritten() throws IOException {
    add(Kind.SYMLINK, "s", secret.toString());
    add(Kind.HARD_LINK, "h", "s").add(Kind.REGULAR, "h", "");
    add(Kind.SYMLINK, "d", "..").add(Kind.DIRECTORY, "d", "");
    apply();
    checkSecret();
    assertThat(root.resolve("h")).isRegularFile();
  }

  /** CVE-2026-50162: a member took the place of the root itself. */
  @ParameterizedTest
  @ValueSource(strings = {"", ".", "./", "/", "a/..", "../.."})
  void theRootIsNeverReplaced(String name) throws IOException {
    var key = Files.readAttributes(root, "unix:ino").get("ino");
    add(Kind.SYMLINK, name, folder.toString()).add(Kind.HARD_LINK, name, "../secret");
    add(Kind.REGULAR, name, "").add(Kind.REGULAR, "secret", "");
    apply();
    assertThat(root).isDirectory();
    assertThat(Files.isSymbolicLink(root)).isFalse();
    assertThat(Files.readAttributes(root, "unix:ino")).containsEntry("ino", key);
    checkSecret();
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh.", ".wh..", ".wh...", "a/.wh..."})
  void aWhiteoutNeverRemovesTheRootOrWhatIsAbove(String name) throws IOException {
    Files.writeString(root.resolve("kept"), "");
    add(Kind.REGULAR, name, "");
    assertThatThrownBy(this::apply).hasMessageContaining("invalid whiteout name");
    assertThat(root.resolve("kept")).exists();
    checkSecret();
  }

  /** CVE-2024-40635, CVE-2026-46680: ids wrapped around to root's. */
  @ParameterizedTest
  @ValueSource(longs = {1L << 31, (1L << 32) - 1, 1L << 32, (1L << 32) + 7})
  void ownersOverThirtyOneBitsAreRefused(long uid) throws IOException {
    add(Kind.REGULAR, "f", "", uid, new TreeMap<>());
    assertThatThrownBy(this::apply).hasMessage("invalid owner id " + uid);
  }

  @Test
  void whatOverlayfsKeepsInAttributesIsNotTheLayersToSet() throws IOException {
    var xattrs = new TreeMap<String, byte[]>();
    xattrs.put("trusted.overlay.redirect", "/etc".getBytes(StandardCharsets.UTF_8));
    xattrs.put("trusted.own", new byte[] {1});
    add(Kind.DIRECTORY, "d", "", 0, xattrs).apply();
    try (var dir = Dir.open(root)) {
      assertThat(dir.xattrs(ByteName.ofText("d")).all())
          .doesNotContainKey("trusted.overlay.redirect");
    }
  }

  // Archives that cost more to read than to make.

  private static byte[] block(char type, String name, int size) {
    var header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0" + "0000000\0" + "0000000\0" + "%011o\0".formatted(size));
    put(header, 136, "00000000001\0" + "        " + type);
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    var ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, header, at, ascii.length);
  }

  private static byte[] extended(String key, String value) {
    var rest = " " + key + "=" + value + "\n";
    int length = rest.length() + 1;
    while (rest.length() + Integer.toString(length).length() != length) {
      length++;
    }
    var record = (length + rest).getBytes(StandardCharsets.US_ASCII);
    var both =
        Arrays.copyOf(block('x', "x", record.length), 512 + (record.length + 511) / 512 * 512);
    System.arraycopy(record, 0, both, 512, record.length);
    return both;
  }

  @Test
  void aTimeIsNoNumberOfABillionDigits() throws IOException {
    bytes.write(extended("mtime", "1e999999999"));
    bytes.write(block('0', "f", 0));
    assertThatThrownBy(this::apply).hasMessage("archive/tar: invalid tar header");
  }

  /** A member counts its own header only, so a long row of headers takes no more room than one. */
  @Test
  void headersDoNotPileUp() throws IOException {
    var archive = new ByteArrayOutputStream();
    for (var name : new String[] {"one", "two", "three"}) {
      archive.write(extended("SCHILY.xattr.user." + name, "v"));
    }
    archive.write(block('0', "f", 0));
    var entry = new TarReader(new ByteArrayInputStream(archive.toByteArray())).next();
    assertThat(entry.orElseThrow().xattrs()).containsOnlyKeys("user.three");
  }

  @Test
  void pathsThatNoKernelTakesAreRefusedUnread() throws IOException {
    bytes.write(extended("path", "a/".repeat(400_000)));
    bytes.write(block('0', "f", 0));
    assertThatThrownBy(this::apply).hasMessage("file name too long");
  }
}
