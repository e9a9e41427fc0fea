package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.LoadedVertex;
import org.junit.jupiter.api.Test;

/** Names of steps as users see them. */
class StepNamesTest {
  private static final String IMAGE = "docker.io/library/busybox:latest@sha256:";

  private static List<String> names(String text, Map<String, String> options)
      throws InterruptedException {
    var client = new MemoryClient(text.replace(';', '\n') + "\n", options);
    var _ = DockerfileFrontend.solve(client);
    var names = new TreeSet<String>();
    for (var definition : client.solved) {
      if (definition.getDefCount() > 0) {
        collect(LoadedGraph.load(definition, op -> op).result().vertex(), names);
      }
    }
    names.removeIf(name -> name.startsWith("[internal]"));
    return names.stream().map(name -> name.replaceFirst("@sha256:.*", "@")).toList();
  }

  private static void collect(LoadedVertex vertex, Set<String> names) {
    names.add(LlbOf.name(vertex));
    vertex.inputs().forEach(input -> collect(input.vertex(), names));
  }

  private static List<String> names(String text) throws InterruptedException {
    return names(text, Map.of());
  }

  @Test
  void triggersAreCountedAndMarked() throws InterruptedException {
    var from = "FROM " + IMAGE.replaceFirst("@.*", "@");
    assertThat(
            names(
                "FROM busybox AS base;ONBUILD RUN echo 1;ONBUILD ENV A=1;ONBUILD COPY a /;FROM"
                    + " base;RUN echo 2"))
        .containsExactly(
            "[base 1/1] " + from,
            "[stage-1 1/4] ONBUILD RUN echo 1",
            "[stage-1 2/4] ONBUILD COPY a /",
            "[stage-1 3/4] RUN echo 2");
  }

  @Test
  void stepsOfASingleStageNeedNoStage() throws InterruptedException {
    assertThat(names("FROM scratch;COPY a /;WORKDIR /;WORKDIR /x"))
        .containsExactly("[1/3] COPY a /", "[2/3] WORKDIR /x");
    assertThat(
            names(
                "FROM busybox;WORKDIR /0;WORKDIR /1;WORKDIR /2;WORKDIR /3;WORKDIR /4;WORKDIR"
                    + " /5;WORKDIR /6;WORKDIR /7;WORKDIR /8;WORKDIR /9"))
        .contains("[ 2/11] WORKDIR /0", "[11/11] WORKDIR /9");
    assertThat(names("FROM scratch;RUN --mount=type=bind,from=busybox,target=/b [\"x\"]"))
        .contains("[stage-0 1/1] RUN --mount=type=bind,from=busybox,target=/b [\"x\"]")
        .anyMatch(name -> name.startsWith("FROM docker.io/library/busybox:latest@"));
    assertThat(names("FROM scratch;RUN --mount=type=tmpfs,target=/b [\"x\"]"))
        .containsExactly("[stage-0 1/1] RUN --mount=type=tmpfs,target=/b [\"x\"]");
  }

  @Test
  void sourcesAndVariablesAreShownReplaced() throws InterruptedException {
    assertThat(names("FROM scratch;ENV V=1 H=/h;COPY $V \"$H\" /z'q'/;COPY $UN a /"))
        .containsExactly("[1/2] COPY 1 /h /zq/", "[2/2] COPY  a /");
  }

  @Test
  void platformsAreShownWhereSeveralAreBuilt() throws InterruptedException {
    var file =
        "FROM --platform=$BUILDPLATFORM busybox AS b;ARG TARGETPLATFORM;RUN x;COPY a /a;FROM"
            + " scratch;COPY --from=b /a /a";
    assertThat(names(file, Map.of("platform", "linux/amd64,linux/arm64")))
        .containsExactly(
            "[linux/amd64 b 1/3] FROM docker.io/library/busybox:latest@",
            "[linux/amd64 b 2/3] RUN x",
            "[linux/amd64 b 3/3] COPY a /a",
            "[linux/amd64 stage-1 1/1] COPY --from=b /a /a",
            "[linux/amd64->arm64 b 2/3] RUN x",
            "[linux/amd64->arm64 b 3/3] COPY a /a",
            "[linux/arm64 stage-1 1/1] COPY --from=b /a /a");
    var single =
        names(
            "FROM scratch;COPY a /", Map.of("platform", "linux/arm/v7", "multi-platform", "true"));
    assertThat(single).containsExactly("[linux/arm/v7 1/1] COPY a /");
    assertThat(
            names(
                "FROM --platform=$BUILDPLATFORM busybox AS b;ARG TARGETOS TARGETARCH"
                    + " TARGETVARIANT;RUN x",
                Map.of("platform", "linux/arm/v7,windows/amd64,linux/386")))
        .contains(
            "[linux/amd64->arm/v7 b 2/2] RUN x".replace(" b ", " "),
            "[linux/amd64->windows/amd64 2/2] RUN x",
            "[linux/amd64->386 2/2] RUN x");
  }
}
