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

  @Test
  void patternsWithoutWildcardsCompareTexts() {
    assertThat(ignored("x^y", "x^y")).isTrue();
    assertThat(ignored("f+1", "f+1")).isTrue();
    assertThat(ignored("d/x^y", "**/x^y")).isTrue();
    assertThat(ignored("xdy", "**dy")).isTrue();
    assertThat(ignored("x^y", "x^*")).isFalse();
  }

  @Test
  void classesAndEscapesKeepTheirMeaningInExpressions() {
    assertThat(ignored("q", "[[:alpha:]]")).isTrue();
    assertThat(ignored("7", "[[:alpha:]]")).isFalse();
    assertThat(ignored("7", "\\d")).isTrue();
    assertThat(ignored("7", "[\\d]")).isTrue();
    assertThat(ignored("a", "\\a")).isFalse();
    assertThat(ignored("a/b", "a\\/b")).isTrue();
    assertThat(ignored("a/b/c", "a**c")).isTrue();
    assertThat(ignored("abc", "a**c")).isFalse();
  }

  @Test
  void aBadExpressionFailsOnlyWhenItIsUsed() {
    for (var bad : List.of("\\7", "[z-a]")) {
      var matcher = PatternMatcher.of(List.of("a", bad));
      assertThat(matcher.matches("a")).isTrue();
      assertThatThrownBy(() -> matcher.matches("b")).hasMessage("syntax error in pattern");
    }
  }

  @Test
  void hostilePatternsTakeLinearTimeAndLittleStack() {
    var path = "a".repeat(4000);
    assertThat(ignored(path, "*a".repeat(200) + "*b")).isFalse();
    assertThat(ignored(path, "**/".repeat(20_000) + "b?")).isFalse();
    assertThat(ignored(path, "\\b\\B".repeat(400) + "?*")).isFalse();
    assertThatThrownBy(() -> ignored(path, "^".repeat(60_000) + "*"))
        .hasMessage("syntax error in pattern");
  }

  @Test
  void wildcardsMakeAtMostPartsTimesCharactersComparisons() {
    var name = "a".repeat(2000).codePoints().toArray();
    int steps = ~Wildcard.of("*a".repeat(100) + "*b").matches(name);
    assertThat(steps).isBetween(0, 202 * 2001);
  }

  @Test
  void wildcardsWithSeveralStarsFindTheirPlaces() {
    assertThat(Wildcard.of("*ab*abc").matches("xababc")).isTrue();
    assertThat(Wildcard.of("*a/*b").matches("xa/yab")).isTrue();
    assertThat(Wildcard.of("*a/*b").matches("xa/ya/zb")).isFalse();
    assertThat(Wildcard.of("[^a-c]*").matches("dd")).isTrue();
    assertThat(Wildcard.of("**").matches("a/b")).isFalse();
    for (var bad : List.of("[", "[]", "[a-]", "[-a]", "a\\", "[^]", "[a")) {
      assertThatThrownBy(() -> Wildcard.of(bad)).hasMessage("syntax error in pattern");
    }
  }
}
