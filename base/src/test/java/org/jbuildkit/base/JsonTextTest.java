package org.jbuildkit.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain|plain",
        "a<b>&c|a\\u003cb\\u003e\\u0026c",
        "say \"hi\" \\|say \\\"hi\\\" \\\\",
        "é€😀|é€😀",
        "/x|/x",
      })
  void isWrittenAsGoWritesIt(String text, String written) {
    assertThat(Json.of(text).write()).isEqualTo('"' + written + '"');
  }

  @org.junit.jupiter.api.Test
  void controlCharactersAndLoneSurrogatesAreEscaped() {
    assertThat(Json.of("\0a\n\u001f\u007f\u2028-\u2029\ud800x\udc00").write())
        .isEqualTo("\"\\u0000a\\n\\u001f\u007f\\u2028-\\u2029\\ufffdx\\ufffd\"");
  }
}
