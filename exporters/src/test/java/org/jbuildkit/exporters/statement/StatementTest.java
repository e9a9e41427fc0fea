package org.jbuildkit.exporters.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.ResultAttestation.Kind;
import org.jbuildkit.engine.ResultAttestation.Subject;
import org.junit.jupiter.api.Test;

/** Statements as BuildKit writes them. */
class StatementTest {
  private static final List<Statement.Self> SELVES =
      List.of(
          new Statement.Self("one", Digest.parse("sha256:" + "1".repeat(64))),
          new Statement.Self("two", Digest.parse("sha256:" + "2".repeat(64))));

  private static Statement statement(String predicate, Subject... subjects) throws Exception {
    var attestation =
        new ResultAttestation(
            Kind.IN_TOTO,
            Map.of(),
            "p.json",
            "https://ex.com/p",
            List.of(subjects),
            (ResultAttestation.Predicate) () -> predicate.getBytes(StandardCharsets.UTF_8));
    return Unbundling.of(List.of(attestation)).getFirst();
  }

  private static String text(Statement statement) {
    return new String(statement.about(SELVES), StandardCharsets.UTF_8);
  }

  @Test
  void predicatesKeepTheirSpelling() throws Exception {
    assertThat(text(statement("{ \"b\": 1.50, \"a\": \"<\\u00e9\" }")))
        .endsWith(",\"predicate\":{\"b\":1.50,\"a\":\"\\u003c\\u00e9\"}}");
    assertThat(text(statement(""))).endsWith(",\"predicate\":null}");
    assertThatThrownBy(() -> statement("bad"))
        .hasMessage(
            "failed to marshal attestation: json: error calling MarshalJSON for type"
                + " json.RawMessage: invalid character 'b' looking for beginning of value");
  }

  @Test
  void subjectsAreTheResultUnderItsNamesAndOthers() throws Exception {
    var statement =
        statement(
            "{}",
            new Subject(true, List.of(), "named"),
            new Subject(false, List.of("sha256:b", "md5:a"), ""));
    assertThat(text(statement))
        .startsWith(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://ex.com/p\","
                + "\"subject\":[{\"name\":\"one\"")
        .containsSubsequence("\"one\"", "\"named\"", "\"two\"", "\"named\"")
        .contains("{\"name\":\"_\",\"digest\":{\"md5\":\"a\",\"sha256\":\"b\"}}");
    assertThat(text(statement("{}"))).containsSubsequence("\"one\"", "\"two\"");
    assertThat(new String(statement("{}").about(List.of()), StandardCharsets.UTF_8))
        .contains("\"subject\":[]");
  }

  @Test
  void filesOfStatementsAreLaidOutInLines() throws Exception {
    var text =
        new String(
            statement("{\"a\":[],\"b\":{},\"c\":[1,\"x: {\"]}").indentedAbout(List.of()),
            StandardCharsets.UTF_8);
    assertThat(text)
        .isEqualTo(
            """
            {
              "_type": "https://in-toto.io/Statement/v1",
              "predicateType": "https://ex.com/p",
              "subject": [],
              "predicate": {
                "a": [],
                "b": {},
                "c": [
                  1,
                  "x: {"
                ]
              }
            }\
            """);
  }

  @Test
  void attestationsWithoutWordsAreRefused() {
    var nowhere = new ResultAttestation.Files(Optional.empty());
    assertThatThrownBy(() ->
            Unbundling.of(
                List.of(new ResultAttestation(Kind.BUNDLE, Map.of(), "", "", List.of(), nowhere))))
        .hasMessage("attestation does not have available content");
    assertThatThrownBy(() ->
            Unbundling.of(
                List.of(new ResultAttestation(Kind.IN_TOTO, Map.of(), "", "", List.of(), nowhere))))
        .hasMessage("attestation does not have set path");
  }
}
