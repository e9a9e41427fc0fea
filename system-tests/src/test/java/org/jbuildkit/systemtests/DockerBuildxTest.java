package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Docker's own client, unmodified, from two of Debian's suites, against our daemon. */
class DockerBuildxTest {
  private static final Path PEERS = Path.of("../build/peers").toAbsolutePath().normalize();
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Programs programs;
  private static Registry registry;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    registry = Registry.start(shared);
    programs = Programs.start(shared);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (programs != null) {
      programs.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private String buildx(String suite, String... words) throws IOException, InterruptedException {
    var program = PEERS.resolve(suite).resolve("usr/libexec/docker/cli-plugins/docker-buildx");
    assumeTrue(
        Files.isExecutable(program),
        "no docker-buildx of " + suite + ": run system-tests/peers.sh");
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(words));
    var log = Files.createTempFile(folder, "buildx", ".log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("BUILDX_CONFIG", folder.resolve("config").toString());
    builder.environment().put("HOME", folder.toString());
    var process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return Files.readString(log);
  }

  private void useOurDaemon(String suite) throws IOException, InterruptedException {
    buildx(
        suite,
        "create",
        "--name",
        "ours",
        "--driver",
        "remote",
        "unix://" + shared.resolve("bk.sock"));
  }

  private Path context(String dockerfile) throws IOException {
    var context = Files.createDirectories(folder.resolve("context"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    return context;
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void buildsPushesAndBuildsUponWhatItPushed(String suite) throws Exception {
    useOurDaemon(suite);
    var first =
        context(
            """
            FROM scratch
            COPY --chmod=755 busybox /bin/sh
            ARG SUITE
            RUN echo "made with $SUITE" > /made
            LABEL suite=$SUITE
            """);
    var name = registry.host() + "/made:" + suite;
    buildx(
        suite,
        "--builder=ours",
        "build",
        "--build-arg=SUITE=" + suite,
        "--provenance=false",
        "--tag=" + name,
        "--push",
        first.toString());
    var manifest = registry.get("/v2/made/manifests/" + suite);
    assertThat(manifest.statusCode()).isEqualTo(200);
    assertThat(Json.parseObject(manifest.body().getBytes(StandardCharsets.UTF_8)).array("layers"))
        .hasSize(2);

    var second = Files.createDirectories(folder.resolve("second"));
    Files.writeString(
        second.resolve("Dockerfile"),
        "FROM %s AS made\nRUN echo more >> /made\nFROM scratch\nCOPY --from=made /made /\n"
            .formatted(name));
    var out = folder.resolve("out");
    var log =
        buildx(
            suite, "--builder=ours", "build", "--output=" + out, "--progress=plain", second + "");
    assertThat(out.resolve("made")).hasContent("made with " + suite + "\nmore");
    assertThat(log).contains("[internal] load metadata for " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void secretsReachStepsAndFailuresShowTheSource(String suite) throws Exception {
    useOurDaemon(suite);
    var context =
        context(
            """
            FROM scratch AS base
            COPY --chmod=755 busybox /bin/sh
            FROM base AS secret
            RUN --mount=type=secret,id=word [ "$(cat /run/secrets/word)" = open ]
            FROM base
            RUN exit 3
            """);
    var word = Files.writeString(folder.resolve("word"), "open");
    buildx(
        suite,
        "--builder=ours",
        "build",
        "--target=secret",
        "--secret=id=word,src=" + word,
        context.toString());
    assertThat(inspect(suite)).contains("Status:").contains("running");
    assertFails(suite, context);
  }

  private String inspect(String suite) throws IOException, InterruptedException {
    return buildx(suite, "inspect", "ours");
  }

  private void assertFails(String suite, Path context) throws IOException, InterruptedException {
    var error =
        assertThrows(
            AssertionError.class,
            () -> buildx(suite, "--builder=ours", "build", "--progress=plain", context.toString()));
    assertThat(error)
        .hasMessageContaining(">>> RUN exit 3")
        .hasMessageContaining(
            "process \"/bin/sh -c exit 3\" did not complete successfully: exit code: 3");
  }
}
