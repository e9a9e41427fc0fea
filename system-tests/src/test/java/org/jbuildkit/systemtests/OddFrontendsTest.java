package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frontend images whose programs do anything but what they should. */
@Timeout(120)
class OddFrontendsTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Programs programs;
  private static RegistryProgram registry;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    registry = RegistryProgram.start(shared.resolve("registry"), false);
    var config = shared.resolve("buildkitd.toml");
    Files.writeString(
        config,
        "[frontend.\"gateway.v0\"]\nallowedRepositories = [\"%s/odd\"]\n"
            .formatted(registry.host()));
    programs = Programs.start(shared, "--config", config.toString());
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

  private String image(String tag, String script, String more) throws Exception {
    var context = Files.createDirectories(folder.resolve("image-" + tag));
    Files.copy(BUSYBOX, context.resolve("busybox"));
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch
        COPY --chmod=755 busybox /bin/sh
        LABEL moby.buildkit.frontend.network.none=true
        ENV OF=image
        USER 7
        WORKDIR /work
        %s
        ENTRYPOINT ["/bin/sh", "-c", "%s"]
        """
            .formatted(more, script));
    var name = registry.host() + "/odd:" + tag;
    var ended = programs.build(context, "--output=type=image,push=true,name=" + name);
    assertThat(ended.status()).as(ended.output()).isZero();
    return name;
  }

  private static Programs.Ended run(String image, String... more) throws Exception {
    var arguments =
        new java.util.ArrayList<>(
            List.of("build", "--progress=plain", "--frontend=gateway.v0", "--opt=source=" + image));
    arguments.addAll(List.of(more));
    return programs.buildctl(Map.of(), arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "status, exit 3, exit code: 3",
    "silent, exit 0, no result for incomplete build",
    "noise, echo nonsense; cat; exit 0, no result for incomplete build",
    "garbage, cat /bin/sh; exec sleep 100, frontend grpc server closed unexpectedly",
    "flood, head -c 3000000 /dev/zero; exit 4, exit code: 4"
  })
  void whatAProgramDoesWrongIsSaid(String tag, String script, String message) throws Exception {
    var ended = run(image(tag, script, ""));
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output()).contains("error: failed to solve: " + message);
    assertThat(programs.root().resolve("executor/containers")).isEmptyDirectory();
    assertThat(programs.root().resolve("executor/mounts")).isEmptyDirectory();
  }

  @Test
  void aProgramRunsAsFrontendsDo() throws Exception {
    var name =
        image(
            "look",
            "env >&2; id -u >&2; pwd >&2; hostname >&2; ls -ln /run/config/buildkit/metadata >&2;"
                + " grep -c : /proc/net/dev >&2; touch /run/config/buildkit/metadata/x || echo ro"
                + " >&2; exit 3",
            "");
    var ended = run(name, "--opt=some:thing=a=b");
    assertThat(ended.output()).contains("exit code: 3").doesNotContain("BUILDKIT_WORKERS");
    assertThat(programs.log())
        .contains("=some:thing=a=b\n")
        .contains("OF=image\n")
        .contains("BUILDKIT_EXPORTEDPRODUCT=buildkit\n")
        .contains("BUILDKIT_WORKERS=[{\"id\":\"")
        .containsPattern("BUILDKIT_SESSION_ID=[a-z0-9]{25}\n")
        .contains("\n0\n/work\nbuildkitsandbox\n")
        .containsPattern("-r-------- +1 0 +0 +\\d+ .* frontend.bin\n1\n")
        .contains("\nro\n");
  }

  @Test
  void aBuildThatIsGivenUpTakesTheProgramAlong() throws Exception {
    var name = image("slow", "echo it runs >&2; sleep 1000", "");
    var running =
        programs.start(Map.of(), List.of("build", "--frontend=gateway.v0", "--opt=source=" + name));
    programs.awaitLog("it runs");
    running.process().destroy();
    var _ = running.await();
    for (int i = 0; i < 100 && !isEmpty("executor/containers"); i++) {
      Thread.sleep(50);
    }
    assertThat(isEmpty("executor/containers")).isTrue();
  }

  private static boolean isEmpty(String folder) throws java.io.IOException {
    try (var files = Files.list(programs.root().resolve(folder))) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void whatAnImageDoesNotKnowIsNotAskedOfIt() throws Exception {
    var name = image("caps", "exit 3", "LABEL moby.buildkit.frontend.caps=a.b,c.d+x");
    assertThat(run(name, "--opt=frontend.caps=a.b+forward,c.d").output()).contains("exit code: 3");
    assertThat(run(name, "--opt=frontend.caps=e.f").output())
        .contains("unsupported frontend capability e.f");
  }

  @Test
  void onlyRepositoriesThatAreAllowedAreRun() throws Exception {
    assertThat(run("other/image:1").output())
        .contains("'other/image:1' is not an allowed gateway source");
    assertThat(run("").output()).contains("no source specified for gateway");
    var context = Files.createDirectory(folder.resolve("ctx"));
    var file = context.resolve("Dockerfile");
    Files.writeString(
        file, "# syntax=other/image:1\nFROM scratch\n", StandardOpenOption.CREATE_NEW);
    assertThat(programs.build(context).output())
        .contains("   1 | >>> # syntax=other/image:1")
        .contains("'other/image:1' is not an allowed gateway source");
  }
}
