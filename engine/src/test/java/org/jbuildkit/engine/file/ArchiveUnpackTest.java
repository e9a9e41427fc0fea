package org.jbuildkit.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.layer.TarEntry;
import org.jbuildkit.oci.layer.TarEntry.Kind;
import org.jbuildkit.oci.layer.TarWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveUnpackTest {
  private static final Copying UNPACK = Copying.with("unpack", "parents");

  @TempDir Path folder;
  private Tree s;
  private Tree t;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  @BeforeEach
  void trees() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are set: needs root");
    s = new Tree(Files.createDirectory(folder.resolve("s")));
    t = new Tree(Files.createDirectory(folder.resolve("t")));
    Files.writeString(folder.resolve("outside"), "safe");
  }

  private void add(Kind kind, String name, String link, String text) throws IOException {
    var data = text.getBytes(StandardCharsets.UTF_8);
    tar.begin(
        new TarEntry(
            kind,
            ByteName.ofText(name),
            ByteName.ofText(link),
            kind == Kind.DIRECTORY ? 0750 : 0640,
            5,
            6,
            data.length,
            Tree.OLD,
            0,
            1,
            3,
            new TreeMap<>()));
    tar.write(data, 0, data.length);
  }

  private void file(String name, String text) throws IOException {
    add(Kind.REGULAR, name, "", text);
  }

  private void unpack(Copying how, String to) throws IOException {
    tar.close();
    Files.write(s.root().resolve("a.tar"), bytes.toByteArray());
    how.run(s, "/a.tar", t, to);
  }

  @Test
  void namesAreClampedToTheDestination() throws IOException {
    file("../../outside", "1");
    file("/etc/../../abs", "2");
    add(Kind.HARD_LINK, "hard", "../../../outside", "");
    unpack(UNPACK, "/n");
    assertThat(t.lines()).containsExactly("0755 n/", "0640 n/abs", "0640 n/hard", "0640 n/outside");
    assertThat(t.stat("n/hard").links()).isEqualTo(2);
    assertThat(folder.resolve("outside")).hasContent("safe");
  }

  @Test
  void linksInTheWayLeadInsideOnly() throws IOException {
    add(Kind.SYMLINK, "up", "../..", "");
    add(Kind.SYMLINK, "abs", folder.toString(), "");
    file("up/outside", "x");
    file("abs/outside", "y");
    unpack(UNPACK, "/n");
    assertThat(folder.resolve("outside")).hasContent("safe");
    assertThat(t.has("outside")).isFalse();
    assertThat(t.text("n/outside")).isEqualTo("x");
    assertThat(t.text("n" + folder + "/outside")).isEqualTo("y");
  }

  @Test
  void aLinkedDirectoryOfTheDestinationStays() throws IOException {
    t.dir("usr/lib", 0755).link("lib", "usr/lib");
    add(Kind.DIRECTORY, "./", "", "");
    file("lib/x", "x");
    unpack(UNPACK, "/");
    assertThat(t.lines()).contains("lib -> usr/lib", "0640 usr/lib/x");
  }

  @Test
  void directoriesMergeOthersReplace() throws IOException {
    t.dir("n/d", 0777).file("n/d/old", 0644, "o").file("n/f", 0644, "o").dir("n/x/y", 0755);
    t.file("kept", 0600, "kept").link("n/l", "../kept");
    add(Kind.DIRECTORY, "d/", "", "");
    file("f", "new");
    file("x", "new");
    file("l", "new");
    file(".wh.f", "");
    unpack(UNPACK, "/n");
    assertThat(t.lines())
        .contains("0750 n/d/", "0644 n/d/old", "0640 n/f", "0640 n/x", "0640 n/l", "0640 n/.wh.f");
    assertThat(t.text("kept")).isEqualTo("kept");
    assertThat(t.stat("n/d").mtime().seconds()).isEqualTo(Tree.OLD);
  }

  @Test
  void anOwnerIsForAllAndTimesAndModesForNone() throws IOException {
    file("p/f", "f");
    add(Kind.SYMLINK, "l", "/none", "");
    add(Kind.HARD_LINK, "h", "l", "");
    unpack(UNPACK.owner(7, 8).mode(0700).time(77), "/n");
    for (var name : new String[] {"n", "n/p", "n/p/f", "n/l", "n/h"}) {
      assertThat(t.stat(name).uid()).as(name).isEqualTo(7);
    }
    assertThat(t.lines()).contains("0755 n/", "0640 n/p/f", "n/h -> /none");
    assertThat(t.stat("n").mtime().seconds()).isGreaterThan(Tree.OLD);
    assertThat(t.stat("n/p/f").mtime().seconds()).isEqualTo(Tree.OLD);
  }

  @Test
  void devicesAreMadeAsTheArchiveSays() throws IOException {
    add(Kind.CHARACTER_DEVICE, "null", "", "");
    add(Kind.FIFO, "fifo", "", "");
    unpack(UNPACK, "/n");
    assertThat(t.stat("n/null").rdevMinor()).isEqualTo(3);
    assertThat(t.lines()).contains("0640 n/fifo");
  }

  @Test
  void aTruncatedArchiveFails() throws IOException {
    file("f", "x".repeat(5000));
    tar.close();
    var cut = Arrays.copyOf(bytes.toByteArray(), 2000);
    Files.write(s.root().resolve("a.tar"), cut);
    assertThatThrownBy(() -> UNPACK.run(s, "/a.tar", t, "/n"))
        .hasMessageContaining("unexpected EOF");
  }

  @Test
  void aFileInTheDestinationsPlaceFails() throws IOException {
    t.file("n", 0644, "n");
    file("f", "x");
    assertThatThrownBy(() -> unpack(UNPACK, "/n")).hasMessage("mkdir /n: not a directory");
  }

  @Test
  void aHugeNameFails() throws IOException {
    file("x".repeat(300_000), "x");
    assertThatThrownBy(() -> unpack(UNPACK, "/n")).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNoArchiveIsCopied() throws IOException {
    s.file("plain", 0644, "text").file("empty", 0644, "");
    Files.write(s.root().resolve("zero"), new byte[4096]);
    try (var out = new GZIPOutputStream(Files.newOutputStream(s.root().resolve("text.gz")))) {
      out.write("text".getBytes(StandardCharsets.UTF_8));
    }
    for (var name : new String[] {"plain", "empty", "zero", "text.gz"}) {
      UNPACK.run(s, "/" + name, t, "/n/");
      assertThat(t.stat("n/" + name).isRegular()).isTrue();
    }
  }

  @Test
  void anArchiveBehindALinkIsUnpacked() throws IOException {
    s.link("l", "a.tar");
    file("f", "f");
    tar.close();
    Files.write(s.root().resolve("a.tar"), bytes.toByteArray());
    UNPACK.run(s, "/l", t, "/n/");
    assertThat(t.lines()).containsExactly("0755 n/", "0640 n/f");
  }
}
