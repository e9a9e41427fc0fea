package org.jbuildkit.dockerfile.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Expansions as BuildKit made them of the same words. */
class ExpansionTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Map<String, String> VARIABLES =
      Map.of(
          "str",
          "foobarbaz",
          "e",
          "",
          "sp",
          "a b",
          "pt",
          "a/b/c",
          "ab",
          "x*y?",
          "n",
          "1",
          "V",
          "1 2");

  private static Stream<String[]> rows(String file) throws IOException {
    return Files.readAllLines(RESOURCES.resolve(file)).stream().map(line -> line.split("\t", -1));
  }

  @TestFactory
  Stream<DynamicTest> wordsBecomeWhatUpstreamMakesOfThem() throws IOException {
    return rows("expansion.tsv")
        .map(row ->
            DynamicTest.dynamicTest(
                row[1],
                () ->
                    assertThat(
                            Words.expand(
                                row[1], row[0].charAt(0), VARIABLES::get, Words.Style.WORD))
                        .isEqualTo(row[2])));
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreToldInUpstreamsWords() throws IOException {
    return rows("expansion-errors.tsv")
        .map(row ->
            DynamicTest.dynamicTest(
                row[0],
                () ->
                    assertThatThrownBy(
                            () -> Words.expand(row[0], '\\', VARIABLES::get, Words.Style.WORD))
                        .hasMessage(
                            "failed to process %s: %s".formatted(GoQuote.quote(row[0]), row[1]))));
  }

  @TestFactory
  Stream<DynamicTest> variablesOfAnyNameAndValueAreReplaced() throws IOException {
    return rows("vectors/expansion.tsv")
        .map(row ->
            DynamicTest.dynamicTest(
                row[0] + " with " + row[1],
                () -> assertThat(expanded(row[0], row[1])).isEqualTo(row[2])));
  }

  private static String expanded(String text, String pairs) {
    var values =
        Stream.of(pairs.split(","))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair.length > 1)
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    try {
      return Words.expand(text, '\\', values::get, Words.Style.WORD);
    } catch (BuildException e) {
      return BuildException.describe(e)
          .replace("failed to process " + GoQuote.quote(text) + ": ", "E: ");
    }
  }

  @Test
  void deepNestingIsRefused() {
    var deep = "${un:-".repeat(20_000) + "x" + "}".repeat(20_000);
    assertThatThrownBy(() -> Words.expand(deep, '\\', VARIABLES::get, Words.Style.WORD))
        .hasMessageEndingWith("nested too deep");
    assertThat(words("${un:-".repeat(100) + "x" + "}".repeat(100))).containsExactly("x");
  }

  @Test
  void wordsAreCutAtBlanksOfValuesButNotOfQuotes() {
    assertThat(words("80${X:-81}")).containsExactly("81");
    assertThat(words("${X:-81}80")).containsExactly("8180");
    assertThat(words("a$V\"$V\"b")).isEqualTo(List.of("a1", "21 2b"));
    assertThat(words("$X")).isEmpty();
  }

  private static List<String> words(String text) {
    return Words.words(text, '\\', VARIABLES::get);
  }
}
