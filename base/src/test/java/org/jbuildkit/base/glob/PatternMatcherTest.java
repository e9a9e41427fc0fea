package org.jbuildkit.base.glob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatternMatcherTest {
  private static boolean ignored(String path, String... patterns) {
    return PatternMatcher.of(List.of(patterns)).matches(path);
  }

  @Test
  void aDirectoryThatMatchesTakesAllBelowIt() {
    assertThat(ignored("d/e/f", "d")).isTrue();
    assertThat(ignored("de", "d")).isFalse();
  }

  @Test
  void doubleStarsCrossDirectoriesAndSingleOnesDoNot() {
    assertThat(ignored("a/b/x.o", "**/*.o")).isTrue();
    assertThat(ignored("x.o", "**/*.o")).isTrue();
    assertThat(ignored("a/x.o", "*.o")).isFalse();
    assertThat(ignored("d", "d/**")).isFalse();
    assertThat(ignored("d/x", "d/**")).isTrue();
  }

  @Test
  void laterPatternsTakePathsBackIn() {
    assertThat(ignored("src/a.c", "*", "!src")).isFalse();
    assertThat(ignored("doc", "*", "!src")).isTrue();
  }

  @Test
  void aWalkForgetsAnExceptionThatWasNotNeededAtTheDirectory() {
    var matcher = PatternMatcher.of(List.of("d/e", "!d"));
    var directory = matcher.matches("d", PatternMatcher.Match.ROOT);
    assertThat(matcher.matches("d/e", directory).isMatched()).isTrue();
    assertThat(matcher.matches("d/e")).isFalse();
  }

  @Test
  void classesAreThoseOfRegularExpressions() {
    assertThat(ignored("x", "[^a]")).isTrue();
    assertThat(ignored("!", "[!x]")).isTrue();
    assertThat(ignored("a.b", "a.b")).isTrue();
    assertThat(ignored("axb", "a.b")).isFalse();
  }

  @Test
  void brokenPatternsAreRefused() {
    assertThatThrownBy(() -> PatternMatcher.of(List.of("["))).hasMessage("syntax error in pattern");
    assertThatThrownBy(() -> PatternMatcher.of(List.of("!")))
        .hasMessage("illegal exclusion pattern: \"!\"");
  }

  @Test
  void ignoreFilesAreReadLineByLine() {
    var file = "\uFEFF# no comment? it starts with a mark\n #kept\n\n/a/../b/\n! ./c\n#x\n";
    assertThat(IgnoreFile.read(file.getBytes(StandardCharsets.UTF_8)))
        .containsExactly("#kept", "b", "!c");
  }

  @Test
  void wildcardsMatchAsInGo() {
    assertThat(Wildcard.of("a*/b").matches("axx/b")).isTrue();
    assertThat(Wildcard.of("a*b").matches("a/b")).isFalse();
    assertThat(Wildcard.of("[a-c]?").matches("bé")).isTrue();
    assertThat(Wildcard.of("\\*").matches("*")).isTrue();
    assertThat(Wildcard.isIn("\\*")).isFalse();
  }
}
