package org.jbuildkit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirTest {
  @TempDir Path temp;

  private static ByteName name(String text) {
    return ByteName.ofText(text);
  }

  private static void write(Dir dir, String path, String text) throws IOException {
    try (var file = dir.create(name(path), 0644)) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      file.write(bytes, 0, bytes.length);
    }
  }

  @Test
  void metadataOfNamesIsSetAndReadBack() throws IOException {
    try (var dir = Dir.open(temp)) {
      dir.makeDir(name("d"), 0700);
      write(dir, "d/f", "hello");
      dir.chmod(name("d/f"), 0640);
      dir.setTimes(name("d/f"), new Timestamp(1000000000, 123456789));
      var stat = dir.stat(name("d/f"));
      assertThat(stat.kind()).isEqualTo(FileKind.REGULAR);
      assertThat(stat.mode()).isEqualTo(0640);
      assertThat(stat.size()).isEqualTo(5);
      assertThat(stat.mtime()).isEqualTo(new Timestamp(1000000000, 123456789));
      assertThat(dir.list()).containsExactly(new DirEntry(name("d"), FileKind.DIRECTORY));
      try (var file = dir.openRead(name("d/f"));
          var in = file.input(false)) {
        assertThat(in.readAllBytes()).asString().isEqualTo("hello");
      }
    }
  }

  @Test
  void linksInLeadingComponentsAreRefused() throws IOException {
    try (var dir = Dir.open(temp)) {
      dir.makeSymlink(name("out"), name("/etc"));
      assertThat(dir.readLink(name("out"))).isEqualTo(name("/etc"));
      assertThatThrownBy(() -> dir.stat(name("out/passwd")))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.is(Errno.ELOOP)).isTrue());
      assertThatThrownBy(() -> dir.openRead(name("../x"))).isInstanceOf(LinuxException.class);
      assertThatThrownBy(() -> dir.removeTree(name(".."))).isInstanceOf(LinuxException.class);
    }
  }

  @Test
  void absoluteLinksStayInsideTheRoot() throws IOException {
    try (var dir = Dir.open(temp)) {
      dir.makeDir(name("etc"), 0755);
      write(dir, "etc/passwd", "mine");
      dir.makeSymlink(name("l"), name("/../etc"));
      try (var file = dir.openFile(name("l/passwd"), OpenMode.READ, 0, Resolve.IN_ROOT);
          var in = file.input(false)) {
        assertThat(in.readAllBytes()).asString().isEqualTo("mine");
      }
    }
  }

  @Test
  void namesThatAreNotUtf8SurviveTheRoundTrip() throws IOException {
    var odd = ByteName.of(new byte[] {'a', (byte) 0xFF, (byte) 0xFE});
    try (var dir = Dir.open(temp)) {
      dir.create(odd, 0644).close();
      assertThat(dir.list()).extracting(DirEntry::name).containsExactly(odd);
      dir.unlink(odd);
      assertThat(dir.list()).isEmpty();
    }
  }

  @Test
  void removeTreeDoesNotFollowLinksAndCopesWithDepth() throws IOException {
    Files.writeString(temp.resolve("keep"), "x");
    try (var dir = Dir.open(temp)) {
      dir.makeDir(name("t"), 0755);
      var at = dir.openDir(name("t"));
      for (int i = 0; i < 1200; i++) {
        at.makeDir(name("dddddddd"), 0755);
        var next = at.openDir(name("dddddddd"));
        at.close();
        at = next;
      }
      at.makeSymlink(name("l"), name(temp.toString()));
      at.close();
      dir.removeTree(name("t"));
      assertThat(dir.list()).extracting(DirEntry::name).containsExactly(name("keep"));
    }
  }

  @Test
  void copyKeepsContent() throws IOException {
    var content = "0123456789".repeat(30_000);
    try (var dir = Dir.open(temp)) {
      write(dir, "a", content);
      try (var from = dir.openRead(name("a"));
          var to = dir.create(name("b"), 0600)) {
        to.copyFrom(from, from.stat().size());
      }
      assertThat(Files.readString(temp.resolve("b"))).isEqualTo(content);
    }
  }

  @Test
  void extendedAttributesOfLinksAndDirectories() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "needs root");
    try (var dir = Dir.open(temp)) {
      dir.makeSymlink(name("l"), name("nowhere"));
      dir.xattrs(name("l")).set("trusted.x", new byte[] {1});
      assertThat(dir.xattrs(name("l")).all()).containsKey("trusted.x");
      dir.xattrs(ByteName.EMPTY).set("trusted.y", new byte[0]);
      assertThat(dir.xattrs(ByteName.EMPTY).get("trusted.y")).hasValue(new byte[0]);
      dir.xattrs(name("l")).remove("trusted.x");
      assertThat(dir.xattrs(name("l")).get("trusted.x")).isEmpty();
    }
  }

  @Test
  void mountsCanBeListedAndReleased() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "needs root");
    var target = name(temp.toString());
    Mounts.mount(name("tmpfs"), target, "tmpfs", java.util.Set.of(), "size=1m");
    assertThat(MountEntry.under(target)).hasSize(1);
    assertThat(FileSystemSpace.of(temp.toString()).type()).isEqualTo(FileSystemSpace.TMPFS);
    Mounts.unmount(target);
    assertThat(MountEntry.under(target)).isEmpty();
  }
}
