package org.jbuildkit.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileActionSymlink;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChangesTest {
  private static final Owner OWNER = new Owner(7, 8);

  @TempDir Path folder;
  private Tree t;

  @BeforeEach
  void tree() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are set: needs root");
    t = new Tree(Files.createDirectory(folder.resolve("t")));
    Files.writeString(folder.resolve("outside"), "safe");
    t.dir("d", 0711).file("f", 0600, "f").link("out", "../outside").link("l", "/d");
  }

  private interface Change {
    void on(FileChanges changes) throws IOException;
  }

  private void change(Change change) throws IOException {
    try (var root = Dir.open(t.root())) {
      change.on(new FileChanges(root));
    }
  }

  private void fails(Change change, String text) {
    assertThatThrownBy(() -> change(change)).hasMessage(text);
  }

  private static Change mkdir(String path, int mode, boolean parents) {
    var action =
        FileActionMkDir.newBuilder()
            .setPath(path)
            .setMode(mode)
            .setMakeParents(parents)
            .setTimestamp(Tree.OLD * 1_000_000_000L);
    return changes -> changes.makeDirectory(action.build(), OWNER);
  }

  private static Change mkfile(String path, String text) {
    var action =
        FileActionMkFile.newBuilder()
            .setPath(path)
            .setMode(04644)
            .setData(ByteString.copyFromUtf8(text))
            .setTimestamp(-1);
    return changes -> changes.makeFile(action.build(), Optional.of(OWNER));
  }

  private static Change symlink(String old, String path) {
    var action = FileActionSymlink.newBuilder().setOldpath(old).setNewpath(path).setTimestamp(0);
    return changes -> changes.makeSymlink(action.build(), OWNER);
  }

  private static Change rm(String path, boolean allowNotFound, boolean wildcard) {
    var action =
        FileActionRm.newBuilder()
            .setPath(path)
            .setAllowNotFound(allowNotFound)
            .setAllowWildcard(wildcard);
    return changes -> changes.remove(action.build());
  }

  @Test
  void directoriesAreMadeWithTheirParents() throws IOException {
    change(mkdir("/l/x/y", 07700, true));
    assertThat(t.lines()).contains("0711 d/", "0700 d/x/", "0700 d/x/y/");
    assertThat(t.stat("d/x").gid()).isEqualTo(8);
    assertThat(t.stat("d/x").mtime().seconds()).isGreaterThan(Tree.OLD);
    assertThat(t.stat("d/x/y").mtime().seconds()).isEqualTo(Tree.OLD);
  }

  @Test
  void whatIsInADirectorysWayIsNamed() throws IOException {
    fails(mkdir("/f", 0700, true), "mkdir /f: not a directory");
    fails(mkdir("/f/x/y", 0700, true), "lstat /f/x: not a directory");
    fails(mkdir("/x/y", 0700, false), "mkdir /x/y: no such file or directory");
    change(mkdir("/f", 0700, false));
    change(mkdir("/d", 0700, false));
    assertThat(t.lines()).contains("0600 f", "0711 d/");
  }

  @Test
  void filesAreMadeOrCutThroughLinksInsideTheRoot() throws IOException {
    change(mkfile("/l/new", "n"));
    change(mkfile("/f", "changed"));
    change(mkfile("/out", "inside"));
    assertThat(t.lines()).contains("0644 d/new", "0600 f", "0644 outside");
    assertThat(t.stat("f").uid()).isEqualTo(7);
    assertThat(folder.resolve("outside")).hasContent("safe");
    fails(mkfile("/q/f", ""), "open /q/f: no such file or directory");
    fails(mkfile("/d", ""), "open /d: is a directory");
  }

  @Test
  void aFileThatExistsStaysWhoseItIs() throws IOException {
    change(mkfile("/f", "by its owner"));
    var action = FileActionMkFile.newBuilder().setPath("/f").setMode(0600).setTimestamp(-1);
    change(changes -> changes.makeFile(action.build(), Optional.empty()));
    change(changes -> changes.makeFile(action.setPath("/g").build(), Optional.empty()));
    assertThat(t.stat("f").uid()).isEqualTo(7);
    assertThat(t.stat("g").uid()).isZero();
  }

  @Test
  void whatIsBelowAFileIsNamed() throws IOException {
    fails(mkdir("/f/x", 0700, false), "lstat /f/x: not a directory");
    fails(mkfile("/f/x/y", ""), "lstat /f/x: not a directory");
    fails(rm("/f/x", true, false), "unlinkat /f/x: not a directory");
    fails(rm("/f/x/y", true, false), "lstat /f/x: not a directory");
    fails(rm("/q/*", true, true), "lstat /q: no such file or directory");
    change(rm("/f/*", false, true));
    assertThat(t.has("f")).isTrue();
  }

  @Test
  void linksAreMadeAsWritten() throws IOException {
    change(symlink("../../any//where", "/l/link"));
    assertThat(t.lines()).contains("d/link -> ../../any//where");
    assertThat(t.stat("d/link").uid()).isEqualTo(7);
    assertThat(t.stat("d/link").mtime().seconds()).isZero();
    assertThatThrownBy(() -> change(symlink("x", "/f"))).hasMessageEndingWith(": file exists");
  }

  @Test
  void removalFollowsParentsOnly() throws IOException {
    t.file("d/x", 0644, "x").dir("deep/er", 0755).link("deep/up", "../d");
    change(rm("/l/x", false, false));
    change(rm("/deep", false, false));
    change(rm("/l", false, false));
    assertThat(t.lines()).containsExactly("0711 d/", "0600 f", "out -> ../outside");
    change(rm("/out", true, false));
    assertThat(t.has("out")).isFalse();
    assertThat(folder.resolve("outside")).hasContent("safe");
  }

  @Test
  void aMissingNameIsAnErrorUnlessAllowed() throws IOException {
    t.link("dangling", "nowhere");
    fails(rm("/x", false, false), "stat /x: no such file or directory");
    fails(rm("/dangling", false, false), "stat /dangling: no such file or directory");
    fails(rm("/x", false, true), "stat /x: no such file or directory");
    fails(rm("/d/..", true, false), "rmPath: invalid empty path");
    change(rm("/x", true, false));
    change(rm("/x/y", true, false));
    change(rm("/x*", false, true));
    change(rm("/dangling", true, false));
    assertThat(t.has("dangling")).isFalse();
  }

  @Test
  void aWildcardBelowALinkRemovesNothing() throws IOException {
    t.file("d/x", 0644, "x").file("d/y", 0644, "y");
    change(rm("/l/*", false, true));
    assertThat(t.lines()).contains("0644 d/x", "0644 d/y");
    change(rm("/d/[x]", false, true));
    assertThat(t.lines()).doesNotContain("0644 d/x").contains("0644 d/y");
  }

  @Test
  void nothingIsWrittenToDevicesAndFifos() throws IOException {
    try (var root = Dir.open(t.root())) {
      root.makeNode(ByteName.ofText("fifo"), FileKind.FIFO, 0600, 0, 0);
      root.makeNode(ByteName.ofText("null"), FileKind.CHARACTER_DEVICE, 0600, 1, 3);
    }
    fails(mkfile("/fifo", "x"), "open /fifo: no such device or address");
    fails(mkfile("/null", "x"), "open /null: no such device or address");
  }
}
