package org.jbuildkit.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.FileKind;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The results are those of BuildKit v0.32.2 for the same copies. */
class TreeCopyTest {
  private static final String[] DIRECTORY = {
    "0600 n/a", "4755 n/b.txt", "n/l -> ../foo", "0700 n/sub/", "0640 n/sub/x"
  };

  @TempDir Path folder;
  private Tree s;
  private Tree t;

  @BeforeEach
  void trees() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "owners are set: needs root");
    s = new Tree(Files.createDirectory(folder.resolve("s")));
    t = new Tree(Files.createDirectory(folder.resolve("t")));
    s.file("foo", 0644, "foo").file("ex", 0755, "ex").dir("d", 0750);
    s.file("d/a", 0600, "a").file("d/b.txt", 04755, "b").link("d/l", "../foo");
    s.dir("d/sub", 0700).file("d/sub/x", 0640, "x").dir("e", 0755).link("dl", "d");
    s.dir("s", 0755).file("s/t", 0644, "t").hardLink("s/hl1", "foo").hardLink("s/hl2", "foo");
    s.old();
  }

  private void copy(Copying how, String from, String to) throws IOException {
    how.run(s, from, t, to);
  }

  private void fails(Copying how, String from, String to, String text) {
    assertThatThrownBy(() -> copy(how, from, to)).hasMessageContaining(text);
  }

  @Test
  void aNewDirectoryIsACopyOfTheSource() throws IOException {
    copy(Copying.with(), "/d", "/n");
    assertThat(t.lines()).startsWith("0750 n/").endsWith(DIRECTORY).hasSize(6);
    assertThat(t.stat("n").mtime().seconds()).isEqualTo(Tree.OLD);
    assertThat(t.stat("n/sub").mtime().seconds()).isEqualTo(Tree.OLD);
  }

  @Test
  void aNewDirectoryForContentsIsAnOrdinaryParent() throws IOException {
    copy(Copying.with("contents"), "/d", "/n");
    assertThat(t.lines()).startsWith("0755 n/").endsWith(DIRECTORY).hasSize(6);
    assertThat(t.stat("n").mtime().seconds()).isEqualTo(Tree.OLD);
  }

  @Test
  void aModeIsForParentsToo() throws IOException {
    copy(Copying.with("contents").mode(0700), "/d", "/n");
    assertThat(t.lines())
        .containsExactly(
            "0700 n/", "0700 n/a", "0700 n/b.txt", "n/l -> ../foo", "0700 n/sub/", "0700 n/sub/x");
  }

  @Test
  void aModeExpressionIsNotForParents() throws IOException {
    copy(Copying.with("contents").mode("u=rwx,go="), "/d", "/n");
    assertThat(t.lines()).startsWith("0755 n/", "0700 n/a").contains("0700 n/sub/x");
  }

  @Test
  void aModeHasSpecialBitsForDirectoriesToo() throws IOException {
    copy(Copying.with().mode(04751), "/d", "/n");
    assertThat(t.lines())
        .containsExactly(
            "4751 n/", "4751 n/a", "4751 n/b.txt", "n/l -> ../foo", "4751 n/sub/", "4751 n/sub/x");
  }

  @Test
  void aDirectoryGoesIntoAnExistingOne() throws IOException {
    t.dir("n", 0711);
    copy(Copying.with(), "/d", "/n");
    assertThat(t.lines()).startsWith("0711 n/", "0750 n/d/", "0600 n/d/a").hasSize(7);
  }

  @Test
  void madeParentsKeepTheGivenTime() throws IOException {
    copy(Copying.with("parents").mode(0700).time(77), "/foo", "/q/r/");
    assertThat(t.lines()).containsExactly("0700 q/", "0700 q/r/", "0700 q/r/foo");
    for (var name : new String[] {"q", "q/r", "q/r/foo"}) {
      assertThat(t.stat(name).mtime().seconds()).isEqualTo(77);
    }
  }

  @Test
  void aFollowedLinkKeepsItsName() throws IOException {
    copy(Copying.with("parents", "follow"), "/dl", "/n/");
    assertThat(t.lines()).contains("0755 n/", "0750 n/dl/", "0600 n/dl/a");
  }

  @Test
  void wildcardsKeepHardLinksWithinOneMatch() throws IOException {
    copy(Copying.with("parents", "wildcard"), "/*", "/n/");
    assertThat(t.lines()).contains("n/dl -> d", "0755 n/e/", "0755 n/ex", "0644 n/foo");
    assertThat(t.stat("n/s/hl1").inode()).isEqualTo(t.stat("n/s/hl2").inode());
    assertThat(t.stat("n/foo").inode()).isNotEqualTo(t.stat("n/s/hl2").inode());
  }

  @Test
  void oneSourceKeepsAllItsHardLinks() throws IOException {
    copy(Copying.with(), "/", "/n");
    assertThat(t.stat("n/foo").links()).isEqualTo(3);
  }

  @Test
  void noMatchIsAnErrorUnlessAllowed() throws IOException {
    fails(Copying.with("wildcard"), "/zz*", "/n", "/zz* not found");
    fails(Copying.with("wildcard"), "/[", "/n", "/[ not found");
    copy(Copying.with("wildcard", "allowEmpty"), "/zz*", "/n");
    copy(Copying.with("wildcard", "allowEmpty"), "/dl/*", "/n");
    assertThat(t.lines()).isEmpty();
    copy(Copying.with("wildcard", "follow", "parents"), "/dl/*.txt", "/n/");
    assertThat(t.lines()).containsExactly("0755 n/", "4755 n/b.txt");
  }

  @Test
  void excludedDirectoriesThatHoldAWantedEntryAreMade() throws IOException {
    copy(Copying.with().exclude("*", "!d/sub/x"), "/", "/n");
    assertThat(t.lines().subList(1, t.lines().size()))
        .containsExactly("0750 n/d/", "0700 n/d/sub/", "0640 n/d/sub/x");
  }

  @Test
  void nothingIncludedGivesAnEmptyDirectory() throws IOException {
    s.mode("", 0755);
    copy(Copying.with().include("zz"), "/", "/n");
    assertThat(t.lines()).containsExactly("0755 n/");
  }

  @Test
  void patternsAreNotForTheTopEntry() throws IOException {
    copy(Copying.with().exclude("foo"), "/foo", "/n");
    copy(Copying.with("wildcard", "parents").exclude("d", "foo"), "/*", "/m/");
    assertThat(t.lines()).contains("0644 n", "0750 m/d/", "0644 m/foo");
  }

  @Test
  void whatIsNoDirectoryStaysUnlessReplaced() throws IOException {
    t.dir("n", 0755).dir("other", 0755).link("n/sub", "../other");
    fails(Copying.with("contents"), "/d", "/n", "cannot copy to non-directory: ");
    assertThat(t.has("other/x")).isFalse();
    copy(Copying.with("contents", "replace"), "/d", "/n");
    assertThat(t.lines()).contains("0700 n/sub/", "0640 n/sub/x", "0755 other/");
    assertThat(t.has("other/x")).isFalse();
  }

  @Test
  void aFileDoesNotReplaceADirectory() throws IOException {
    t.dir("n/a", 0755);
    fails(Copying.with(), "/d/a", "/n/", "cannot replace to directory ");
    copy(Copying.with("replace"), "/d/a", "/n/");
    assertThat(t.lines()).contains("0600 n/a");
  }

  @Test
  void aLinkAsDestinationIsFollowedButReplacedInsideADirectory() throws IOException {
    t.dir("n", 0755).link("n/b.txt", "../t").link("z", "/zz");
    copy(Copying.with(), "/d/a", "/n/b.txt");
    copy(Copying.with(), "/foo", "/z");
    assertThat(t.lines()).contains("n/b.txt -> ../t", "0600 t", "z -> /zz", "0644 zz");
    copy(Copying.with("contents"), "/d", "/n");
    assertThat(t.lines()).contains("4755 n/b.txt", "0600 t");
  }

  @Test
  void aLoopOfLinksAndAMissingSourceFail() throws IOException {
    t.link("loop", "loop");
    fails(Copying.with("parents"), "/foo", "/loop/x", "too many links");
    fails(Copying.with(), "/x", "/n", "lstat /x: no such file or directory");
    fails(Copying.with(), "/foo", "/no/n", "failed to stat /no/n: lstat ");
  }

  @Test
  void aDirectoryNameNeedsNoParentsFlag() throws IOException {
    copy(Copying.with(), "/foo", "/n/");
    assertThat(t.lines()).containsExactly("0755 n/", "0644 n/foo");
  }

  @Test
  void existingNestedDirectoriesGetTheSourcesMetadataTheTopOnlyItsTimes() throws IOException {
    t.dir("n/sub", 0777).mode("n", 0711);
    copy(Copying.with("contents").owner(7, 8), "/d", "/n");
    assertThat(t.lines()).contains("0711 n/", "0700 n/sub/");
    assertThat(t.stat("n").uid()).isZero();
    assertThat(t.stat("n/sub").uid()).isEqualTo(7);
    assertThat(t.stat("n").mtime().seconds()).isEqualTo(Tree.OLD);
  }

  @Test
  void anExistingDirectoryOnTheWayGetsTheSourcesModeOnly() throws IOException {
    t.dir("n/d", 0711);
    copy(Copying.with("contents").include("d/a").owner(7, 8).mode(0500), "/", "/n");
    assertThat(t.lines()).contains("0750 n/d/", "0500 n/d/a");
    assertThat(t.stat("n/d").uid()).isZero();
  }

  @Test
  void whatIsBelowAFileIsNoDestination() throws IOException {
    t.file("f", 0644, "f");
    fails(Copying.with(), "/foo", "/f/x", "lstat /f/x: not a directory");
    fails(Copying.with("parents"), "/foo", "/f/x", "mkdir /f: not a directory");
    fails(Copying.with("parents"), "/foo", "/f/x/y/z", "lstat /f/x: not a directory");
    fails(Copying.with(), "/d", "/f", "mkdir /f: not a directory");
  }

  @Test
  void parentsHaveNoSpecialBitsAndTheTimeOfTheFirstSource() throws IOException {
    copy(Copying.with("parents", "wildcard").mode(04751).time(1000), "/d/[ab]*", "/n/m/");
    assertThat(t.lines()).contains("0751 n/", "0751 n/m/", "4751 n/m/a");
    assertThat(t.stat("n").mtime().seconds()).isEqualTo(1000);
    assertThat(t.stat("n/m").mtime().seconds()).isGreaterThan(Tree.OLD);
  }

  @Test
  void linksLeadInsideTheRootsOnly() throws IOException {
    Files.writeString(folder.resolve("outside"), "safe");
    s.link("out", "../../outside").link("up", "../..");
    t.link("out", "../../outside").link("up", "../..");
    fails(Copying.with("follow"), "/out", "/n", "no such file or directory");
    fails(Copying.with("follow"), "/up/outside", "/n", "no such file or directory");
    copy(Copying.with(), "/foo", "/out");
    copy(Copying.with(), "/foo", "/up/second");
    copy(Copying.with(), "/../../foo", "/../../third");
    assertThat(t.lines()).contains("0644 outside", "0644 second", "0644 third");
    assertThat(folder.resolve("outside")).hasContent("safe");
    assertThat(folder.resolve("second")).doesNotExist();
  }

  @Test
  void pathsAreCleanedByTextBeforeLinksAreFollowed() throws IOException {
    t.dir("a/b", 0755).link("l", "a/b");
    copy(Copying.with(), "/dl/sub/../../foo", "/l/../n");
    assertThat(t.lines()).contains("0644 n");
    copy(Copying.with("parents"), "/d/.", "/m");
    assertThat(t.lines()).contains("0750 m/", "0600 m/a");
  }

  @Test
  void nodesAreMadeAgainAndSocketsAreEmptyFiles() throws IOException {
    var kinds = s.dir("k", 0755);
    try (var dir = Dir.open(kinds.root())) {
      node(dir, "k/b", FileKind.BLOCK_DEVICE);
      node(dir, "k/c", FileKind.CHARACTER_DEVICE);
      node(dir, "k/p", FileKind.FIFO);
      node(dir, "k/s", FileKind.SOCKET);
    }
    copy(Copying.with(), "/k", "/n");
    assertThat(t.stat("n/c").rdevMinor()).isEqualTo(3);
    assertThat(t.stat("n/p").kind()).isEqualTo(FileKind.FIFO);
    assertThat(t.stat("n/b").kind()).as("as upstream").isEqualTo(FileKind.CHARACTER_DEVICE);
    assertThat(t.stat("n/s").isRegular()).isTrue();
  }

  private static void node(Dir dir, String name, FileKind kind) throws IOException {
    dir.makeNode(ByteName.ofText(name), kind, 0600, 1, 3);
  }
}
