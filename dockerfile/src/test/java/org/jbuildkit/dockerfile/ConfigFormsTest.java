package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jbuildkit.base.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Image configs and histories: those that BuildKit makes of the same text. */
class ConfigFormsTest {
  private static String document(String text, Map<String, String> options)
      throws InterruptedException {
    var client = new MemoryClient(text.replace(';', '\n') + "\n", options);
    var result = DockerfileFrontend.solve(client);
    return new String(
        result.metadata().getOrDefault("containerimage.config", new byte[0]),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private static Json.Obj config(String text, Map<String, String> options)
      throws InterruptedException {
    return Json.parseObject(
        document(text, options).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static List<String> history(String text, Map<String, String> options)
      throws InterruptedException {
    return config(text, options).array("history").stream()
        .map(entry -> ((Json.Obj) entry).text("created_by"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '\u0001',
      value = {
        "COPY --chown=1:1 --chmod=0644 --link --exclude=z a 2* /x/ ! COPY --chown=1:1 --chmod=0644 a 2* /x/ # buildkit",
        "ADD http://u:p@h.test/f /x ! ADD http://xxxxx:xxxxx@h.test/f /x # buildkit",
        "LABEL l=\"a<b>&c\" \"k k\"=v ! LABEL l=a<b>&c k k=v",
        "ENTRYPOINT [\"a\", \"b\\\"c\"] ! ENTRYPOINT [\"a\" \"b\\\"c\"]",
        "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD curl x ! HEALTHCHECK {Test:[CMD-SHELL curl x] Interval:1m30s Timeout:500ms StartPeriod:0s StartInterval:0s Retries:3}",
        "HEALTHCHECK none ! HEALTHCHECK {Test:[NONE] Interval:0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}",
        "CMD ! CMD [\"/bin/sh\" \"-c\" \"\"]",
        "USER $X ! USER ",
        "WORKDIR $X ! WORKDIR /",
        "EXPOSE 90 80 443/tcp 9/SCTP ! EXPOSE [443/tcp 80/tcp 9/sctp 90/tcp]",
        "EXPOSE 80-82/UDP ! EXPOSE [80/udp 81/udp 82/udp]",
        "EXPOSE 80${X:-81} ! EXPOSE [81/tcp]",
        "EXPOSE ${X:-81}80 ! EXPOSE [8180/tcp]",
        "EXPOSE $X ! EXPOSE []",
        "EXPOSE 80/ :80 ! EXPOSE [80/tcp 80/tcp]",
        "EXPOSE 127.0.0.1:8000-8001:80/udp ! EXPOSE [80/udp]",
        "EXPOSE [::1]:81:81 ! EXPOSE [81/tcp]",
        "VOLUME /a /b ! VOLUME [/a /b]",
        "STOPSIGNAL sigrtmin+3 ! STOPSIGNAL sigrtmin+3",
        "STOPSIGNAL -1 ! STOPSIGNAL -1",
        "ARG TARGETOSVERSION ! ARG TARGETOSVERSION=",
      })
  void historyTellsOfTheInstruction(String instruction, String expected)
      throws InterruptedException {
    assertThat(history("FROM scratch;" + instruction.strip(), Map.of()).getLast().strip())
        .isEqualTo(expected.strip());
  }

  @Test
  void workingDirectoriesAreJoinedAndKeptAsWritten() throws InterruptedException {
    assertThat(history("FROM scratch;WORKDIR /a/../b//c/;WORKDIR d/;WORKDIR ../e", Map.of()))
        .containsExactly("WORKDIR /a/../b//c/", "WORKDIR /b/c/d", "WORKDIR /b/c/e");
    assertThat(
            LlbOf.file("FROM busybox\nWORKDIR /a/../b//c/\nRUN x\n", Map.of())
                .exec()
                .getMeta()
                .getCwd())
        .isEqualTo("/a/../b//c/");
  }

  @Test
  void argumentsAndVariablesShadowEachOther() throws InterruptedException {
    assertThat(
            history(
                "FROM busybox;ARG V=1 W;ARG N;ENV V=2;RUN true $V", Map.of("build-arg:W", "ww")))
        .containsExactly(
            "ARG V=1 W=ww", "ARG N", "ENV V=2", "RUN |3 V=2 W=ww N= /bin/sh -c true $V # buildkit");
    var config =
        config(
            "FROM busybox;ARG A=1 B=$A C=${D:-d};ARG B;ENV A=4;ARG A=5;LABEL a=$A b=$B c=$C",
            Map.of("build-arg:C", "cc"));
    assertThat(config.object("config").textMap("Labels"))
        .isEqualTo(Map.of("a", "5", "b", "1", "c", "cc"));
    assertThat(config.object("config").texts("Env")).endsWith("A=4");
    assertThat(labels("ARG A=1;ARG B=${A}2;ARG A=3;FROM scratch;ARG A B;LABEL l=$A,$B", Map.of()))
        .containsEntry("l", "3,12");
    assertThat(labels("FROM scratch;ENV A=1;ARG A;LABEL l=$A", Map.of("build-arg:A", "5")))
        .containsEntry("l", "5");
    assertThat(labels("FROM scratch;ENV A=1;ARG A;LABEL l=$A", Map.of())).containsEntry("l", "1");
    assertThat(labels("FROM scratch;LABEL a=\"x\\;  y\" c=x\\ny $X=1", Map.of()))
        .isEqualTo(Map.of("a", "x  y", "c", "xny", "", "1"));
  }

  private static Map<String, String> labels(String text, Map<String, String> options)
      throws InterruptedException {
    return config(text, options).object("config").textMap("Labels");
  }

  @Test
  void oldFormsOfVariablesTakeTheRestOfTheLine() throws InterruptedException {
    var env =
        config("FROM scratch;ENV K   v  w  ;ENV d \"e f\" g;ENV X Y=Z;ENV A=1 B=$A", Map.of())
            .object("config")
            .texts("Env");
    assertThat(env)
        .containsExactly(ImageSpec.DEFAULT_PATH, "K=v  w", "d=e f g", "X=Y=Z", "A=1", "B=");
  }

  @Test
  void automaticArgumentsTellOfThePlatforms() throws InterruptedException {
    assertThat(
            labels(
                "FROM scratch;ARG TARGETPLATFORM BUILDPLATFORM TARGETOSVERSION TARGETVARIANT"
                    + " TARGETSTAGE;LABEL"
                    + " l=$TARGETPLATFORM,$BUILDPLATFORM,$TARGETOSVERSION,$TARGETVARIANT,$TARGETSTAGE",
                Map.of("platform", "linux/arm/v7")))
        .containsEntry("l", "linux/arm/v7,linux/amd64,,v7,default");
    assertThat(
            labels(
                "FROM scratch AS foo;ARG TARGETSTAGE;LABEL l=$TARGETSTAGE",
                Map.of("target", "FOO")))
        .containsEntry("l", "FOO");
  }

  @Test
  void triggersAreKeptAsText() throws InterruptedException {
    assertThat(
            config(
                    "FROM scratch;ONBUILD RUN <<E;foo;E;ONBUILD   COPY a \\;  b;ONBUILD copy a /",
                    Map.of())
                .object("config")
                .texts("OnBuild"))
        .containsExactly("RUN <<E\nfoo\nE", "COPY a   b", "copy a /");
  }

  @Test
  void entrypointDropsTheCommandOfTheBaseOnly() throws InterruptedException {
    assertThat(
            config("FROM scratch AS a;CMD [\"x\"];FROM a;ENTRYPOINT [\"y\"]", Map.of())
                .object("config")
                .texts("Cmd"))
        .isEmpty();
    var kept = config("FROM scratch;CMD [\"x\"];ENTRYPOINT []", Map.of()).object("config");
    assertThat(kept.texts("Cmd")).containsExactly("x");
    assertThat(kept.get("Entrypoint")).isEmpty();
  }

  @Test
  void documentsOfEmptyImagesAreUpstreams() throws InterruptedException {
    assertThat(document("FROM scratch", Map.of()))
        .isEqualTo(
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},"
                + "\"config\":{\"Env\":[\""
                + ImageSpec.DEFAULT_PATH
                + "\"],\"WorkingDir\":\"/\"}}");
    assertThat(
            document(
                "FROM scratch;LABEL l=\"a<b>&c\"",
                Map.of("label:zz", "1", "label:l", "over", "build-arg:SOURCE_DATE_EPOCH", "17")))
        .contains("\"Labels\":{\"l\":\"over\",\"zz\":\"1\"}")
        .contains("\"created_by\":\"LABEL l=a\\u003cb\\u003e\\u0026c\"")
        .contains("\"created\":\"1970-01-01T00:00:17Z\"");
    assertThat(document("FROM scratch", Map.of("platform", "windows/amd64")))
        .doesNotContain("PATH");
  }
}
