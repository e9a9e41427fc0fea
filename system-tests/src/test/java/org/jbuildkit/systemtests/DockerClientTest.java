package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command of Docker's own client that a remote builder serves, unmodified, on our daemon. */
class DockerClientTest {
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

  @BeforeEach
  void context() throws IOException {
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
    Files.writeString(context.resolve("a"), "of the context");
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch AS base
        COPY --chmod=755 busybox /bin/sh
        FROM base AS one
        ARG WHO=nobody
        RUN --mount=type=secret,id=word echo "$WHO: $(cat /run/secrets/word)" > /one
        FROM scratch AS two
        COPY a /two
        """);
    Files.writeString(folder.resolve("word"), "open");
  }

  private static String ours() {
    return "unix://" + shared.resolve("bk.sock");
  }

  private UpstreamBuildx buildx(String suite) throws IOException, InterruptedException {
    return UpstreamBuildx.of(suite, folder).using(ours());
  }

  private static List<String> listing(Path archive) throws IOException, InterruptedException {
    var process = new ProcessBuilder("tar", "tf", archive.toString()).start();
    var names = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return names.lines().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void imagesAreBuiltUponWhatWasPushed(String suite) throws Exception {
    var buildx = buildx(suite);
    var name = registry.host() + "/made:" + suite;
    buildx.run(
        "build",
        "--target=one",
        "--secret=id=word,src=word",
        "--provenance=false",
        "--tag=" + name,
        "--push",
        "ctx");
    var manifest = registry.get("/v2/made/manifests/" + suite);
    assertThat(manifest.statusCode()).isEqualTo(200);
    assertThat(Json.parseObject(manifest.body().getBytes(StandardCharsets.UTF_8)).array("layers"))
        .hasSize(2);
    Files.writeString(
        folder.resolve("ctx/Dockerfile"),
        "FROM %s AS made\nRUN echo more >> /one\nFROM scratch\nCOPY --from=made /one /\n"
            .formatted(name));
    var ended = buildx.call("build", "--output=out", "--progress=plain", "ctx");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(folder.resolve("out/one")).hasContent("nobody: open\nmore");
    assertThat(ended.err()).contains("[internal] load metadata for " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void failuresShowTheSource(String suite) throws Exception {
    Files.writeString(
        folder.resolve("ctx/Dockerfile"),
        "FROM scratch\nCOPY --chmod=755 busybox /bin/sh\nRUN exit 3\n");
    var ended = buildx(suite).call("build", "--progress=plain", "ctx");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err())
        .contains(">>> RUN exit 3")
        .contains("process \"/bin/sh -c exit 3\" did not complete successfully: exit code: 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void bakeBuildsItsTargetsTogether(String suite) throws Exception {
    Files.writeString(
        folder.resolve("docker-bake.hcl"),
        """
        variable "WHO" { default = "bake" }
        group "default" { targets = ["one", "two"] }
        target "one" {
          context = "ctx"
          target = "one"
          args = { WHO = WHO }
          secret = ["id=word,src=word"]
          output = ["type=local,dest=one"]
        }
        target "two" {
          context = "ctx"
          target = "two"
          output = ["type=tar,dest=two.tar"]
        }
        """);
    buildx(suite).with("WHO", suite).run("bake", "--progress=plain");
    assertThat(folder.resolve("one/one")).hasContent(suite + ": open");
    assertThat(listing(folder.resolve("two.tar"))).containsExactly("two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void everyOutputIsWritten(String suite) throws Exception {
    var buildx = buildx(suite);
    for (var type : List.of("oci", "docker", "tar")) {
      buildx.run(
          "build", "--target=two", "--output=type=" + type + ",dest=" + type + ".tar", "ctx");
    }
    assertThat(listing(folder.resolve("oci.tar"))).contains("oci-layout", "index.json");
    assertThat(listing(folder.resolve("docker.tar"))).contains("manifest.json");
    assertThat(listing(folder.resolve("tar.tar"))).containsExactly("two");
    buildx.run("build", "--target=two", "--output=type=local,dest=out", "ctx");
    assertThat(folder.resolve("out/two")).hasContent("of the context");
    buildx.run("build", "--target=two", "--output=type=image,name=example.org/two:1", "ctx");
    buildx.run("build", "--target=two", "--output=type=cacheonly", "ctx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void whatWasPushedCanBeInspected(String suite) throws Exception {
    var buildx = buildx(suite);
    var name = registry.host() + "/two:" + suite;
    var metadata = folder.resolve("metadata.json");
    buildx.run(
        "build", "--target=two", "--push", "--tag=" + name, "--metadata-file=" + metadata, "ctx");
    var digest = Json.parseObject(Files.readAllBytes(metadata)).text("containerimage.digest");
    assertThat(digest).startsWith("sha256:");
    assertThat(buildx.run("imagetools", "inspect", name)).contains(digest);
    assertThat(buildx.run("imagetools", "inspect", "--raw", name))
        .contains("\"vnd.docker.reference.type\": \"attestation-manifest\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void usageIsShownAndPruned(String suite) throws Exception {
    var buildx = buildx(suite);
    Files.writeString(folder.resolve("ctx/a"), "for " + suite);
    buildx.run("build", "--target=two", "ctx");
    assertThat(buildx.run("du")).contains("RECLAIMABLE").contains("Total:");
    var sources = buildx.run("du", "--verbose", "--filter=type=source.local");
    assertThat(sources).contains("local source for context").doesNotContain("COPY");
    assertThat(buildx.run("prune", "--force", "--filter=type=source.local")).contains("Total:");
    assertThat(buildx.run("du", "--verbose", "--filter=type=source.local"))
        .doesNotContain("local source for context");
    buildx.run("prune", "--all", "--force");
    assertThat(buildx.run("du", "--verbose")).doesNotContain("[two 1/1] COPY");
  }

  @Test
  void questionsAboutADockerfileAreAnswered() throws Exception {
    var buildx = buildx("sid");
    assertThat(buildx.run("build", "--call=targets", "ctx"))
        .contains("base", "one", "two (default)");
    assertThat(buildx.run("build", "--call=outline", "--target=one", "ctx"))
        .contains("TARGET: one")
        .containsPattern("WHO +nobody")
        .contains("word");
    assertThat(buildx.run("build", "--call=check", "ctx")).contains("no warnings found");
    Files.writeString(folder.resolve("ctx/bad"), "FROM scratch as base\nCOPY a /\n");
    var check = buildx.call("build", "--call=check", "--file=ctx/bad", "ctx");
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out()).contains("FromAsCasing").contains("1 | >>> FROM scratch as base");
    var explained = buildx.run("build", "--call=explain", "--target=one", "ctx");
    assertThat(explained)
        .contains("Dockerfile: one for linux/")
        .containsPattern("two +line 6 +FROM scratch +not built: one needs only base;")
        .contains("env         WHO=nobody  (ARG in line 4)")
        .contains("not in key  the value of the secret word");
    assertThat(buildx.run("build", "--call=explain,format=json", "--target=one", "ctx"))
        .contains("\"filename\": \"Dockerfile\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void agentsReachSteps(String suite) throws Exception {
    Files.writeString(
        folder.resolve("ctx/Dockerfile"),
        """
        FROM scratch
        COPY --chmod=755 busybox /bin/sh
        RUN --mount=type=ssh,required test -S "$SSH_AUTH_SOCK" && echo there > /agent
        """);
    var socket = folder.resolve("agent.sock");
    var agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).start();
    try {
      for (int i = 0; i < 100 && !Files.exists(socket); i++) {
        Thread.sleep(50);
      }
      var buildx = buildx(suite).with("SSH_AUTH_SOCK", socket.toString());
      buildx.run("build", "--ssh=default", "--output=out", "ctx");
      assertThat(folder.resolve("out/agent")).hasContent("there");
    } finally {
      agent.destroy();
    }
  }

  @Test
  void contextsComeFromStandardInputToo() throws Exception {
    var buildx = buildx("sid");
    var archive = folder.resolve("ctx.tar");
    var process =
        new ProcessBuilder("tar", "cf", archive.toString(), "-C", folder.resolve("ctx") + "", ".")
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    var ended =
        buildx.callWithInput(archive, "build", "--target=two", "--output=type=local,dest=out", "-");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(folder.resolve("out/two")).hasContent("of the context");
    assertThat(ended.err()).contains("load remote build context");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trixie", "sid"})
  void dockersCommandLineStartsIt(String suite) throws Exception {
    var buildx = UpstreamBuildx.asPlugin(suite, folder).using(ours());
    buildx.run("build", "--target=two", "--output=out", "ctx");
    assertThat(folder.resolve("out/two")).hasContent("of the context");
    assertThat(buildx.run("inspect", "ours")).contains("running").contains("linux/");
    assertThat(buildx.run("ls")).contains("ours");
  }

  @Test
  void resultsAreLoadedIntoADockerEngine() throws Exception {
    var home = Files.createDirectory(folder.resolve("engine"));
    try (var engine = DockerEngine.start(home)) {
      var buildx = buildx("sid").with("DOCKER_HOST", engine.address());
      buildx.run("build", "--target=two", "--load", "--tag=two:loaded", "ctx");
      var docker =
          new ProcessBuilder(
                  DockerEngine.client().toString(),
                  "--host=" + engine.address(),
                  "image",
                  "inspect",
                  "--format={{.RepoTags}}",
                  "two:loaded")
              .start();
      var said = new String(docker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(docker.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(said).contains("two:loaded");
    }
  }
}
