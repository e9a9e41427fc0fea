package org.jbuildkit.buildctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jbuildkit.cli.Environment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BuildCommandTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private FakeDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new FakeDaemon(folder);
    Files.createDirectories(folder.resolve("ctx"));
    Files.writeString(folder.resolve("ctx/in"), "made");
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private int run(String... arguments) {
    var environment =
        new Environment(
            Map.of(
                "BUILDKIT_HOST",
                daemon.address(),
                "TRACEPARENT",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            InputStream.nullInputStream(),
            new PrintStream(out, true),
            new PrintStream(err, true));
    return Main.run(List.of(arguments), environment);
  }

  private int build(String... more) {
    var arguments =
        new ArrayList<>(
            List.of("build", "--progress=plain", "--local", "context=" + folder.resolve("ctx")));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void resultIsWrittenAndProgressShown() throws Exception {
    int status =
        build(
            "--frontend=dockerfile.v0",
            "--opt",
            "target=x",
            "--output",
            "type=tar,dest=" + folder.resolve("out.tar"),
            "--metadata-file",
            folder.resolve("meta.json").toString(),
            "--ref-file",
            folder.resolve("ref").toString());
    assertThat(err()).isEqualTo("#1 a step\n#1 DONE 0.0s\n");
    assertThat(status).isZero();
    assertThat(folder.resolve("out.tar")).hasContent("made");
    assertThat(folder.resolve("meta.json")).hasContent("{\n  \"containerimage.digest\": \"d\"\n}");
    assertThat(folder.resolve("ref")).hasContent(daemon.request.getRef());
    assertThat(daemon.request.getFrontendAttrsMap()).containsEntry("target", "x");
    assertThat(daemon.request.getExporterDeprecated()).isEqualTo("tar");
    assertThat(daemon.request.hasDefinition()).isFalse();
  }

  @Test
  void traceIsAppendedToAPrivateFile() throws Exception {
    var trace = folder.resolve("trace");
    assertThat(build("--frontend=dockerfile.v0", "--trace", trace.toString())).isZero();
    assertThat(Files.readAllLines(trace))
        .startsWith(
            "{\"vertexes\":[{\"digest\":\"v\",\"name\":\"a step\","
                + "\"started\":\"1970-01-01T00:00:05Z\"}]}")
        .hasSize(2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(trace)))
        .isEqualTo("rw-------");
  }

  @Test
  void failureShowsTheSourceAndEndsWithOne() {
    assertThat(build("--frontend=dockerfile.v0", "--opt", "fail=1")).isEqualTo(1);
    assertThat(err())
        .endsWith(
            """
            Dockerfile:2
            --------------------
               1 |     FROM x
               2 | >>> RUN y
               3 |    \s
            --------------------
            error: failed to solve: it broke
            """);
  }

  @Test
  void frontendFailureComesBackThroughTheDaemon() {
    assertThat(build("--frontend=other")).isEqualTo(1);
    assertThat(err()).endsWith("error: failed to solve: NotFound: no frontend other\n");
  }

  @Test
  void subrequestResultGoesToStandardOutput() {
    assertThat(build("--frontend=dockerfile.v0", "--opt", "requestid=frontend.outline")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("outline\n");
    assertThat(daemon.request.getFrontendAttrsMap())
        .containsEntry("frontend.caps", "moby.buildkit.frontend.subrequests");
  }

  @Test
  void absentDaemonIsNamed() {
    assertThat(run("--addr", "unix:///nowhere/bk.sock", "build", "--frontend=x")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "error: listing workers for Build: failed to list workers: Unavailable: connection"
                + " error: desc = \"transport: Error while dialing: dial unix /nowhere/bk.sock:"
                + " connect: no such file or directory\"\n");
  }

  @Test
  void callsBelongToTheTraceOfTheEnvironment() {
    assertThat(run("debug", "workers")).isZero();
    assertThat(daemon.traceParent)
        .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  }

  @Test
  void oldFormsOfCachesAreWarnedAbout() {
    assertThat(build("--frontend=dockerfile.v0", "--export-cache", "r.example/i:c")).isZero();
    assertThat(daemon.request.getCache().getExports(0).getType()).isEqualTo("registry");
    assertThat(daemon.request.getCache().getExports(0).getAttrsMap())
        .containsEntry("ref", "r.example/i:c")
        .containsEntry("mode", "min");
    assertThat(err()).containsPattern("time=\".*\" level=warning msg=\"--export-cache with");
  }

  @Test
  void metricsCountWhatWasNotCached() {
    assertThat(build("--frontend=dockerfile.v0", "--debug-json-cache-metrics=stdout")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .matches(
            "cache miss: a step\n\\{\"total\":1,\"completed\":1,\"user_total\":1,\"user_cached\":0,"
                + "\"user_completed\":1,\"user_cacheable\":1,\"from\":0,\"miss\":1,"
                + "\"client_duration_ms\":\\d+}\n");
  }

  @Test
  void badOptionsAreRefusedBeforeTheBuild() {
    assertThat(build("--nope")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            """
            Incorrect Usage: flag provided but not defined: -nope

            error: flag provided but not defined: -nope
            """);
  }
}
