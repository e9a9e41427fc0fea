package org.jbuildkit.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The results are those of BuildKit v0.32.2. */
class ModeExpressionTest {
  @ParameterizedTest
  @CsvSource({
    "u+x, 0755 0750 0700 0755 0744",
    "a=rX, 0555 0555 0444 0555 0444",
    "g=u, 0775 0770 0660 0775 0664",
    "+x, 0755 0751 0711 0755 0755",
    "u+s, 4755 4750 4600 4755 4644",
    "+t, 1755 1750 1600 1755 1644",
    "ug+rw-x, 0665 0660 0660 0665 0664",
    "u=g, 0555 0550 0000 0555 0444",
    "4755, 4755 4755 4755 4755 4755",
  })
  void changesModes(String expression, String results) {
    var mode = ModeExpression.parse(expression);
    assertThat(
            "%04o %04o %04o %04o %04o"
                .formatted(
                    mode.apply(0755, true),
                    mode.apply(0750, true),
                    mode.apply(0600, false),
                    mode.apply(0755, false),
                    mode.apply(0644, false)))
        .isEqualTo(results);
  }

  @ParameterizedTest
  @ValueSource(strings = {"u", "z+x", "u+q", "u+x,", "+x,,g-w", "17777"})
  void whatIsNoExpressionIsAnError(String text) {
    assertThatThrownBy(() -> ModeExpression.parse(text)).hasMessage("invalid syntax");
  }

  @ParameterizedTest
  @CsvSource({"u=g, 4555", "u=rx, 0555", "g=u, 4775"})
  void permissionsOfOthersKeepSetIdBits(String expression, String result) {
    var mode = ModeExpression.parse(expression).apply(04755, false);
    assertThat("%04o".formatted(mode)).isEqualTo(result);
  }

  @ParameterizedTest
  @ValueSource(strings = {"99", "7f"})
  void whatIsNotOctalIsAnError(String text) {
    assertThatThrownBy(() -> ModeExpression.parse(text))
        .hasMessage("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
  }
}
