package org.jbuildkit.base.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldFilterTest {
  private static final Map<String, String> RECORD =
      Map.of(
          "id", "abcdef",
          "type", "source.local",
          "description", "RUN apt-get install",
          "private", "",
          "labels.org.example", "yes");

  private static boolean matches(String... alternatives) {
    return FieldFilter.parse(List.of(alternatives))
        .matches(path -> Optional.ofNullable(RECORD.get(String.join(".", path))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "id",
        "private",
        "type==source.local",
        "id~=^abc,private",
        "description~=|apt-get|",
        "description~=/get i/",
        "description==\"RUN apt-get\\x20install\"",
        "other!=x",
        "id != zz, private",
        "labels.org.example==yes",
        "labels.\"org\".example==yes",
        "other!=x,id==abcdef",
      })
  void holds(String filter) {
    assertThat(matches(filter)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "id==abc", "other==x", "private,other", "id~=[", "shared"})
  void doesNotHold(String filter) {
    assertThat(matches(filter)).isFalse();
  }

  @Test
  void alternativesAreJoinedWithOrAndNoneMeansAll() {
    assertThat(matches("other", "private")).isTrue();
    assertThat(matches("other", "another")).isFalse();
    assertThat(matches()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '@',
      value = {
        "type=x#[type >|=|< x]: unsupported operator \"=\": invalid argument",
        "==x#[ >|=|< =x]: expected field or quoted: invalid argument",
        "type==#[type==]: expected value or quoted: invalid argument",
        "a b#[a  >|b|< ]: expected an operator (\"==\"|\"!=\"|\"~=\"): invalid argument",
        "a==/x/#[a== >|/|< x/]: invalid quote encountered: invalid argument",
        "a==\"x#[a== >|\"|< x]: quoted literal not terminated: invalid argument",
      })
  void mistakesAreShownWhereTheyAre(String filter, String message) {
    assertThatThrownBy(() -> matches(filter)).hasMessage("filters: parse error: " + message);
  }
}
