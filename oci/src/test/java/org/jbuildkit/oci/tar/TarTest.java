package org.jbuildkit.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.Digest;
import org.jbuildkit.linux.Timestamp;
import org.junit.jupiter.api.Test;

class TarTest {
  private static final Timestamp TIME = Timestamp.ofSeconds(1000000000);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(out);

  private static TarEntry entry(String name, TarEntry.Type type, int mode) {
    return TarEntry.of(ByteName.ofText(name), type, mode).withModified(TIME);
  }

  private void file(TarEntry entry, String content) throws IOException {
    var bytes = content.getBytes(StandardCharsets.UTF_8);
    tar.write(entry.withSize(bytes.length), new ByteArrayInputStream(bytes));
  }

  private void file(String name, String content) throws IOException {
    file(entry(name, TarEntry.Type.REGULAR, 0644), content);
  }

  private String digest() throws IOException {
    tar.close();
    return Digest.sha256(out.toByteArray()).hex();
  }

  private TarReader reader() throws IOException {
    tar.close();
    return new TarReader(new ByteArrayInputStream(out.toByteArray()));
  }

  @Test
  void emptyArchiveHasUpstreamsDigest() throws IOException {
    assertThat(digest())
        .isEqualTo("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
  }

  @Test
  void fileHasUpstreamsDigest() throws IOException {
    file("f", "F");
    assertThat(digest())
        .isEqualTo("f5f3a5a9e6b75c7eae9aa614eb70e5c67fc69a70e01e1223e349d3b1dcf1d7a8");
  }

  @Test
  void ownersHaveUpstreamsDigest() throws IOException {
    file("a", "x");
    var owned =
        TarEntry.of(ByteName.ofText("b"), TarEntry.Type.REGULAR, 0600).withOwner(1000, 1000);
    tar.write(owned);
    assertThat(digest())
        .isEqualTo("b9b04660d06f9de62fbf539cc3c32682e4edba5e644178cdb33fb20c3660217f");
  }

  @Test
  void directoryHasUpstreamsDigest() throws IOException {
    tar.write(entry("d/", TarEntry.Type.DIRECTORY, 0755));
    assertThat(digest())
        .isEqualTo("63488ca6262037e588aa1b8e1cc6b96900d2cc7dc07bdd018ccbd2a0da5896d2");
  }

  @Test
  void whiteoutHasUpstreamsDigest() throws IOException {
    tar.write(TarEntry.of(ByteName.ofText(".wh.d"), TarEntry.Type.REGULAR, 0));
    assertThat(digest())
        .isEqualTo("f9a4f118c4204fb29e672137478e75512b59d173437d430a39c2172413321dd2");
  }

  @Test
  void symlinkHasUpstreamsDigest() throws IOException {
    tar.write(
        entry("l", TarEntry.Type.SYMLINK, 0777)
            .withLink(TarEntry.Type.SYMLINK, ByteName.ofText("a/b")));
    assertThat(digest())
        .isEqualTo("6da2922500f7e9b67ba4072a71054f62be477321f9d43be1da161ed1a79edaf6");
  }

  @Test
  void nonAsciiDirectoryHasUpstreamsDigest() throws IOException {
    tar.write(entry("é/", TarEntry.Type.DIRECTORY, 0777));
    assertThat(digest())
        .isEqualTo("d8b893661c9d81c502e248d8382af75c8644464ce43c759b4a07ad42b95b6ab4");
  }

  @Test
  void capabilitiesHaveUpstreamsDigest() throws IOException {
    var xattrs = new TreeMap<String, byte[]>();
    xattrs.put(
        "security.capability", HexFormat.of().parseHex("0100000200040000" + "00".repeat(12)));
    file(entry("cap", TarEntry.Type.REGULAR, 0755).withXattrs(xattrs), "c");
    assertThat(digest())
        .isEqualTo("d678c60d790a1b944cf3b0dbb289ffa39774af811bb049b7a372c66231f27ae3");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    var longName = "directory-with-a-name/".repeat(9) + "f";
    file(longName, "content");
    file(entry("ü", TarEntry.Type.REGULAR, 04755).withOwner(3000000, 4000000), "");
    tar.write(
        entry("link", TarEntry.Type.HARD_LINK, 0644)
            .withLink(TarEntry.Type.HARD_LINK, ByteName.of(new byte[] {(byte) 0xFF})));
    tar.write(entry("dev", TarEntry.Type.BLOCK_DEVICE, 0600).withDevice(8, 17));
    tar.write(entry("early", TarEntry.Type.FIFO, 0).withModified(new Timestamp(-5, 250_000_000)));
    var reader = reader();
    assertThat(reader.next().orElseThrow().name()).hasToString(longName);
    assertThat(reader.content().readAllBytes())
        .isEqualTo("content".getBytes(StandardCharsets.UTF_8));
    var second = reader.next().orElseThrow();
    assertThat(second.name()).hasToString("ü");
    assertThat(second.uid()).isEqualTo(3000000);
    assertThat(second.mode()).isEqualTo(04755);
    assertThat(reader.next().orElseThrow().linkName().byteAt(0)).isEqualTo(0xFF);
    assertThat(reader.next().orElseThrow().minor()).isEqualTo(17);
    assertThat(reader.next().orElseThrow().modified()).isEqualTo(new Timestamp(-5, 250_000_000));
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void garbageIsNoArchive() {
    var garbage = new byte[1024];
    Arrays.fill(garbage, (byte) 'x');
    var reader = new TarReader(new ByteArrayInputStream(garbage));
    assertThatThrownBy(reader::next).hasMessage("archive/tar: invalid tar header");
  }

  @Test
  void hugeExtensionIsRefusedBeforeItIsRead() {
    var header = new Header().kind('x', 0).owner(0, 0).content(1L << 32, 0).seal();
    var reader = new TarReader(new ByteArrayInputStream(header));
    assertThatThrownBy(reader::next).hasMessage("archive/tar: header field too long");
  }
}
