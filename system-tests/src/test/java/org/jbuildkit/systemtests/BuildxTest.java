package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buildx with a daemon that somebody else runs, and as other programs start it. */
class BuildxTest {
  @TempDir Path folder;
  private Path context;
  private Launchers launchers;

  @BeforeEach
  void context() throws IOException {
    context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY a /x\n");
    Files.writeString(context.resolve("a"), "a");
    launchers = Launchers.in(folder);
  }

  @Test
  void theLauncherWorksThroughLinksFromAnywhereWithNothingOpen() throws Exception {
    var elsewhere = Files.createDirectories(folder.resolve("else where"));
    var bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("docker-buildx"), Path.of("../home/bin/buildx"));
    var ended =
        launchers
            .with("PATH", bin + ":" + System.getenv("PATH"))
            .run(elsewhere, "sh", "-c", "docker-buildx version <&-");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).startsWith("github.com/docker/buildx v0.36.1+jbuildkit.");
    assertThat(ended.status()).isZero();
  }

  @Test
  void dockerFindsAPlugin() throws Exception {
    var metadata = launchers.buildx("docker-cli-plugin-metadata");
    assertThat(Json.parse(metadata.out())).isInstanceOf(Json.Obj.class);
    assertThat(metadata.out()).startsWith("{\n     \"SchemaVersion\": \"0.1.0\",\n");
    var unknown =
        launchers
            .with("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND", "docker")
            .buildx("--context", "default", "buildx", "build", "--nope", ".");
    assertThat(unknown.status()).isEqualTo(125);
    assertThat(unknown.err())
        .isEqualTo(
            """
            unknown flag: --nope

            Usage:  docker buildx build [OPTIONS] PATH | URL | -

            Run 'docker buildx build --help' for more information
            """);
  }

  @Test
  void aRemoteBuilderIsMadeUsedShownAndRemoved() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    try (var daemon = Programs.start(folder)) {
      var address = "unix://" + folder.resolve("bk.sock");
      var created = launchers.buildx("create", "--name", "far", "--use", address);
      assertThat(created.out()).as(created.err()).isEqualTo("far\n");
      assertThat(folder.resolve("config/instances/far"))
          .hasContent(
              "{\"Name\":\"far\",\"Driver\":\"remote\",\"Nodes\":[{\"Name\":\"far0\",\"Endpoint\":\"%s\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":null}],\"Dynamic\":false}"
                  .formatted(address));

      var built =
          launchers.buildx(
              "build",
              "-q",
              "-t",
              "a/b",
              "-o",
              "type=oci,dest=o.tar",
              "--metadata-file",
              "m",
              "ctx");
      assertThat(built.status()).as(built.err()).isZero();
      var metadata = Json.parseObject(Files.readAllBytes(folder.resolve("m")));
      assertThat(built.out()).isEqualTo(metadata.text("containerimage.config.digest") + "\n");
      assertThat(metadata.text("image.name")).isEqualTo("docker.io/a/b:latest");
      assertThat(metadata.text("buildx.build.ref")).startsWith("far/far0/");

      assertThat(launchers.buildx("ls").out())
          .contains("far*")
          .containsPattern("_ far0 +\\\\_ unix:.*running")
          .containsPattern("_ default .*inactive");
      assertThat(launchers.buildx("inspect").out())
          .contains("Driver:        remote\n")
          .contains("Status:           running\n");
      assertThat(launchers.buildx("du").out()).startsWith("ID ").contains("Total:");
      assertThat(launchers.buildx("prune", "-af").out()).contains("Total:\t");
      assertThat(launchers.buildx("rm", "far").err()).isEqualTo("far removed\n");
      assertThat(daemon.isAlive()).isTrue();
    }
  }

  @Test
  void aBuildIsExplainedAndNotDone() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    try (var _ = Programs.start(folder)) {
      launchers.buildx("create", "--name", "far", "--use", "unix://" + folder.resolve("bk.sock"));
      Files.writeString(
          context.resolve("Dockerfile"),
          "FROM scratch AS no\nCOPY a /no\nFROM scratch\nARG V=1\nCOPY a /$V\n");
      var text = launchers.buildx("build", "--call=explain", "--build-arg=V=2", "ctx");
      assertThat(text.status()).as(text.err()).isZero();
      assertThat(text.out())
          .startsWith("Dockerfile: stage-1 for linux/")
          .containsPattern("no +line 1 .*not built")
          .contains("copy     \"a\" to \"/2\"");
      assertThat(launchers.buildx("build", "--call=explain", "--build-arg=V=2", "ctx").out())
          .isEqualTo(text.out());
      var platforms = "--platform=linux/amd64,linux/arm64";
      var json =
          Json.parseObject(
              launchers
                  .buildx("build", "--call=explain,format=json", platforms, "ctx")
                  .out()
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(json.array("graphs"))
          .extracting(graph -> ((Json.Obj) graph).text("platform"))
          .containsExactly("linux/amd64", "linux/arm64");
      assertThat(launchers.buildx("build", "--call=explain,format=svg", "ctx").out())
          .startsWith("<svg xmlns=")
          .endsWith("</svg>\n");
      assertThat(launchers.buildx("du", "--verbose").out()).doesNotContain("COPY");
    }
  }

  @Test
  void aDockerfileMayComeOverStandardInput() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    try (var _ = Programs.start(folder)) {
      launchers.with("BUILDKIT_HOST", "unix://" + folder.resolve("bk.sock"));
      assertThat(launchers.buildx("create", "--use").status()).isZero();
      var buildx = launchers.program("buildx");
      var failed =
          launchers.run(
              context, "sh", "-c", "printf 'FROM scratch\\nCOPYY a\\n' | " + buildx + " build -");
      assertThat(failed.status()).isEqualTo(1);
      assertThat(failed.err())
          .contains("   2 | >>> COPYY a")
          .endsWith(
              "ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown"
                  + " instruction: COPYY (did you mean COPY?)\n");
      var built =
          launchers.run(
              context,
              "sh",
              "-c",
              "printf 'FROM scratch\\nCOPY a /y\\n' | " + buildx + " build -o out -f - .");
      assertThat(built.status()).as(built.err()).isZero();
      assertThat(context.resolve("out/y")).hasContent("a");
      assertThat(launchers.buildx("build", "nope").err())
          .endsWith("ERROR: failed to build: unable to prepare context: path \"nope\" not found\n");
    }
  }
}
