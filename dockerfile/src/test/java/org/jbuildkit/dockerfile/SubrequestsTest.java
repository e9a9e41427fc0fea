package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.junit.jupiter.api.Test;

/** Answers to requests that build nothing. */
class SubrequestsTest {
  private static FrontendResult ask(String request, String file, Map<String, String> options)
      throws InterruptedException {
    var all = new java.util.LinkedHashMap<>(options);
    all.put("requestid", request);
    return DockerfileFrontend.solve(new MemoryClient(file, all));
  }

  private static String metadata(FrontendResult result, String key) {
    return new String(result.metadata().getOrDefault(key, new byte[0]), UTF_8);
  }

  @Test
  void describeListsWhatIsTold() throws InterruptedException {
    var result = ask("frontend.subrequests.describe", "FROM scratch\n", Map.of());
    assertThat(result.trees()).isEmpty();
    assertThat(metadata(result, "version")).isEqualTo("1.0.0");
    assertThat(metadata(result, "result.txt"))
        .isEqualTo(
            """
            NAME                 VERSION DESCRIPTION
            outline              1.0.0   List all parameters current build target supports
            targets              1.0.0   List all targets current build supports
            subrequests.describe 1.0.0   List available subrequest types
            """);
    assertThat(metadata(result, "result.json"))
        .startsWith("[\n  {\n    \"name\": \"frontend.outline\"");
  }

  private static final String TOOL =
      """
      # GO_VERSION Go release
      ARG GO_VERSION=1.22
      ARG UNUSED=1
      FROM golang:${GO_VERSION} AS base
      ARG FROM_BASE
      # build compiles the tool
      FROM base AS build
      ARG OWN=x TARGETARCH
      RUN --mount=type=secret,id=token,required --mount=type=ssh true
      FROM scratch
      COPY --from=build /x /
      """;

  @Test
  void outlineOfATargetShowsWhatItAndItsBasesAskFor() throws InterruptedException {
    var result = ask("frontend.outline", TOOL, Map.of("target", "build", "build-arg:OWN", "y"));
    assertThat(metadata(result, "result.txt"))
        .isEqualTo(
            """
            TARGET:      build
            DESCRIPTION: compiles the tool

            BUILD ARG    VALUE   DESCRIPTION
            GO_VERSION   1.22    Go release
            FROM_BASE           \s
            OWN          y      \s

            SECRET   REQUIRED
            token    true

            SSH       REQUIRED
            default  \s

            """);
    var json = Json.parseObject(metadata(result, "result.json").getBytes(UTF_8));
    assertThat(json.members().keySet())
        .containsExactly("name", "description", "args", "secrets", "ssh", "sources");
    assertThat(json.array("args").getFirst().write())
        .isEqualTo(
            "{\"name\":\"GO_VERSION\",\"description\":\"Go release\",\"value\":\"1.22\",\"location\":"
                + "{\"ranges\":[{\"start\":{\"line\":2},\"end\":{\"line\":2}}]}}");
  }

  @Test
  void outlineOfAnUnnamedTargetWithoutParametersIsEmpty() throws InterruptedException {
    var result = ask("frontend.outline", "FROM scratch\nARG TARGETARCH\n", Map.of());
    assertThat(metadata(result, "result.txt")).isEmpty();
    var needing = ask("frontend.outline", TOOL, Map.of());
    assertThat(metadata(needing, "result.txt")).contains("GO_VERSION").startsWith("BUILD ARG");
  }

  @Test
  void targetsAreListedAsWritten() throws InterruptedException {
    var file =
        """
        # foo-x the first
        FROM --platform=$P alpine AS Foo-X
        FROM busybox
        FROM $BASE AS last
        """;
    var result = ask("frontend.targets", file, Map.of());
    assertThat(metadata(result, "result.txt"))
        .isEqualTo(
            """
            TARGET         DESCRIPTION
            foo-x          the first
                          \s
            last (default)\s
            """);
    var json = Json.parseObject(metadata(result, "result.json").getBytes(UTF_8));
    assertThat(json.array("targets").getFirst().write())
        .isEqualTo(
            "{\"name\":\"foo-x\",\"description\":\"the first\",\"base\":\"alpine\",\"platform\":\"$P\","
                + "\"location\":{\"ranges\":[{\"start\":{\"line\":2},\"end\":{\"line\":2}}]}}");
    assertThat(metadata(result, "result.json"))
        .contains("\"default\": true,\n      \"base\": \"$BASE\"");
  }

  @Test
  void lintListsWarningsOfAllStages() throws InterruptedException {
    var file = "FROM alpine as base\nCMD echo hi\nFROM scratch\nENV a b\n";
    var result = ask("frontend.lint", file, Map.of());
    assertThat(metadata(result, "result.statuscode")).isEqualTo("1");
    assertThat(metadata(result, "result.txt"))
        .startsWith(
            """

            WARNING: FromAsCasing - https://docs.docker.com/go/dockerfile/rule/from-as-casing/
            'as' and 'FROM' keywords' casing do not match
            Dockerfile:1
            --------------------
               1 | >>> FROM alpine as base
            """);
    var json = Json.parseObject(metadata(result, "result.json").getBytes(UTF_8));
    assertThat(json.members().keySet()).containsExactly("warnings", "sources");
    assertThat(json.array("warnings").stream().map(w -> ((Json.Obj) w).text("ruleName")))
        .containsExactly("FromAsCasing", "JSONArgsRecommended", "LegacyKeyValueFormat");
    assertThat(((Json.Obj) json.array("sources").getFirst()).members().keySet())
        .containsExactly("filename", "data", "definition", "language");
  }

  @Test
  void lintTellsOfTheMistakeThatEndedIt() throws InterruptedException {
    var result = ask("frontend.lint", "FROM $X\n", Map.of());
    var json = Json.parseObject(metadata(result, "result.json").getBytes(UTF_8));
    assertThat(json.array("warnings")).hasSize(2);
    assertThat(json.object("buildError").write())
        .isEqualTo(
            "{\"message\":\"base name ($X) should not be blank\",\"location\":{\"ranges\":"
                + "[{\"start\":{\"line\":1},\"end\":{\"line\":1}}]}}");
    var failing = ask("frontend.lint", "# check=error=true\nFROM scratch AS A\n", Map.of());
    var error = Json.parseObject(metadata(failing, "result.json").getBytes(UTF_8));
    assertThat(error.object("buildError").write())
        .isEqualTo(
            "{\"message\":\"lint violation found for rules: StageNameCasing\",\"location\":{}}");
  }

  @Test
  void lintOfACleanFileHasNoWarnings() throws InterruptedException {
    var result = ask("frontend.lint", "FROM scratch\n", Map.of());
    assertThat(metadata(result, "result.statuscode")).isEqualTo("0");
    assertThat(metadata(result, "result.txt")).isEmpty();
    assertThat(metadata(result, "result.json"))
        .startsWith("{\n  \"warnings\": null,\n  \"sources\": [");
  }

  @Test
  void convertGivesOpsByDigest() throws InterruptedException {
    var result = ask("frontend.convertllb", "FROM scratch\nWORKDIR /a\n", Map.of());
    assertThat(metadata(result, "version")).isEqualTo("0.1.0");
    var json = Json.parseObject(metadata(result, "result.json").getBytes(UTF_8));
    assertThat(json.object("def").members())
        .containsKey("sha256:62ed96b7444709d5dd327d9bbc19e609c49c41a4a3088380650b18dddb3e4e9a");
    assertThat(result.metadata()).doesNotContainKey("result.txt");
  }

  @Test
  void mistakesInRequestsHaveNoPlace() {
    for (var request : List.of("frontend.outline", "frontend.targets")) {
      var error =
          catchThrowableOfType(
              BuildException.class, () -> ask(request, "FROM scratch\nFOOOOO\n", Map.of()));
      assertThat(error.details()).noneMatch(ErrorDetail.Source.class::isInstance);
      assertThat(error).hasMessage("dockerfile parse error on line 2: unknown instruction: FOOOOO");
    }
    var unknown =
        catchThrowableOfType(BuildException.class, () -> ask("foo", "FROM scratch\n", Map.of()));
    assertThat(unknown).hasMessage("unsupported request foo");
    assertThat(unknown.details()).hasOnlyElementsOfType(ErrorDetail.UnsupportedSubrequest.class);
  }
}
