package org.jbuildkit.session.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.base.glob.IgnoreFile;
import org.jbuildkit.linux.Dir;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ignore files leave out of a transfer, as BuildKit's client does. */
class IgnoredFilesTest {
  private static final List<String> FILES =
      List.of("a", "b.txt", "d/a", "d/b.txt", "d/e/a", "d/e/c.md", "f+1", "x^y");

  @TempDir Path root;

  @BeforeEach
  void makeFiles() throws IOException {
    for (var file : FILES) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), file);
    }
  }

  private Set<String> sent(String patterns) throws IOException {
    var ignored = IgnoreFile.read(patterns.replace(' ', '\n').getBytes(StandardCharsets.UTF_8));
    var paths = new TreeSet<String>();
    try (var dir = Dir.open(root)) {
      var walk = new TreeWalk(dir, new TreeFilter(List.of(), ignored, List.of()));
      for (var next = walk.next(); next.isPresent(); next = walk.next()) {
        paths.add(next.get().getPath().toStringUtf8());
      }
    }
    return paths;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "a = b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "/a = b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "d/../a = b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "**/a = b.txt d d/b.txt d/e d/e/c.md f+1 x^y",
        "**/**/a = b.txt d d/b.txt d/e d/e/c.md f+1 x^y",
        "d/** = a b.txt d f+1 x^y",
        "*/* = a b.txt d f+1 x^y",
        "d* = a b.txt f+1 x^y",
        "d/e/.. = a b.txt f+1 x^y",
        "* !d/e = d d/e d/e/a d/e/c.md",
        "* !**/a = a d d/a d/e d/e/a",
        "d !d/e/c.md = a b.txt d d/e d/e/c.md f+1 x^y",
        "d/e !d = a b.txt d d/a d/b.txt f+1 x^y",
        "d/e !d/** = a b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "d/b.txt !d = a b.txt d d/a d/e d/e/a d/e/c.md f+1 x^y",
        "* !d d/e = d d/a d/b.txt",
        "**/e/** = a b.txt d d/a d/b.txt d/e f+1 x^y",
        "d/*/a = a b.txt d d/a d/b.txt d/e d/e/c.md f+1 x^y",
        "d/**/a = a b.txt d d/b.txt d/e d/e/c.md f+1 x^y",
        "*/*/* = a b.txt d d/a d/b.txt d/e f+1 x^y",
        "!a a = b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "[^a] = a b.txt f+1 x^y",
        "[!a] = b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "[a-b]* = d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "D = a b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "{a,b.txt} = a b.txt d d/a d/b.txt d/e d/e/a d/e/c.md f+1 x^y",
        "x^y f+1 = a b.txt d d/a d/b.txt d/e d/e/a d/e/c.md",
      })
  void patternsLeaveOutWhatUpstreamsDo(String patterns, String expected) throws IOException {
    assertThat(sent(patterns)).containsExactly(expected.split(" ", -1));
  }

  @Test
  void badExpressionsFailWhenTheyAreUsed() {
    assertThatThrownBy(() -> sent("\\7"))
        .hasMessage("failed to match excludepatterns: syntax error in pattern");
    assertThatThrownBy(() -> sent("[a")).hasMessageEndingWith("syntax error in pattern");
  }
}
