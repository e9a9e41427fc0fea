package org.jbuildkit.dockerfile.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WordsTest {
  private static final Map<String, String> ENV = Map.of("str", "foobarbaz", "empty", "", "a", "1");

  private static String word(String text) {
    return Words.expand(text, '\\', ENV::get, Words.Style.WORD);
  }

  @Test
  void quotesGroupAndEscapesAreDropped() {
    assertThat(word("'$str' \"x $a\" \\$str")).isEqualTo("$str x 1 $str");
    assertThat(word("\"${x:-a b}\"")).isEqualTo("a b");
  }

  @Test
  void patternsTrimAndReplace() {
    assertThat(word("${str#f*b}")).isEqualTo("arbaz");
    assertThat(word("${str##f*b}")).isEqualTo("az");
    assertThat(word("${str%b*}")).isEqualTo("foobar");
    assertThat(word("${str%%b*}")).isEqualTo("foo");
    assertThat(word("${str/ba/fo}")).isEqualTo("fooforbaz");
    assertThat(word("${str//ba/fo}")).isEqualTo("fooforfoz");
  }

  @Test
  void defaultsAndAlternatives() {
    assertThat(word("${un-w}${un:-w}${empty-w}${empty:-w}")).isEqualTo("www");
    assertThat(word("${un+w}${a+w}${empty+w}${empty:+x}")).isEqualTo("ww");
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> word("${src:?unset}"))
        .hasMessage("failed to process \"${src:?unset}\": src: unset");
    assertThatThrownBy(() -> word("${str"))
        .hasMessage("failed to process \"${str\": unsupported modifier (\uFFFD) in substitution");
    assertThatThrownBy(() -> word("${str-ab")).hasMessageEndingWith("missing '}'");
    assertThatThrownBy(() -> word("'x")).hasMessageEndingWith("matching single-quote");
  }

  @Test
  void documentsKeepQuotes() {
    assertThat(Words.expand("A='$a' \\$a \\n", '\\', ENV::get, Words.Style.DOCUMENT))
        .isEqualTo("A='1' $a n");
  }

  @Test
  void commandsAreShownWithUnsetVariablesAsWritten() {
    assertThat(Words.expand("echo \"$a\" $HOME", '\\', ENV::get, Words.Style.DISPLAY))
        .isEqualTo("echo \"1\" $HOME");
  }
}
