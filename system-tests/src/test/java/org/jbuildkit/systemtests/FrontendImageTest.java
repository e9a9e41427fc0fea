package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our frontend image, built by our builder, in our daemon and in Docker's engine. */
@Timeout(300)
class FrontendImageTest {
  private static final Path JARS = Path.of("../dist/target/jbuildkit/lib");
  private static final Path IMAGE = Path.of("../frontend/image").toAbsolutePath().normalize();

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Programs programs;
  private static RegistryProgram registry;
  private static String image;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(hasJars(), "there is no distribution to take the frontend's jars from");
    registry = RegistryProgram.start(shared.resolve("registry"), false);
    programs = Programs.start(shared);
    image = registry.host() + "/dockerfile:1";
    var root = shared.resolve("rootfs");
    var made =
        new ProcessBuilder(
                IMAGE.resolve("rootfs.sh").toString(),
                JARS.toRealPath().toString(),
                root.toString())
            .redirectErrorStream(true)
            .redirectOutput(shared.resolve("made.log").toFile());
    made.environment().put("JBUILDKIT_JAVA_HOME", System.getProperty("java.home"));
    assertThat(made.start().waitFor()).as(Files.readString(shared.resolve("made.log"))).isZero();
    var ended =
        programs.buildctl(
            Map.of(),
            List.of(
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                "--local=context=" + root,
                "--local=dockerfile=" + IMAGE,
                "--output=type=image,push=true,name=" + image));
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private static boolean hasJars() throws IOException {
    if (!Files.isDirectory(JARS)) {
      return false;
    }
    var name = FileSystems.getDefault().getPathMatcher("glob:jbuildkit-frontend-*.jar");
    try (var files = Files.list(JARS)) {
      return files.anyMatch(file -> name.matches(file.getFileName()));
    }
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scratch-copy",
        "copy-forms",
        "args-env",
        "config-all",
        "add-archives",
        "link-merge",
        "multi-platform"
      })
  void imagesAreThoseThatBuildKitMakes(String name) throws Exception {
    check(GoldenCase.ofResources(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-basic", "multistage", "mounts", "heredoc-link"})
  void imagesOfRunStepsAreThoseOfBuildKit(String name) throws Exception {
    var wanted = GoldenCase.ofFolder(name);
    assumeTrue(wanted.isPresent(), "there is no folder of cases: set " + GoldenCase.FOLDER);
    check(wanted.get());
  }

  private void check(GoldenCase golden) throws Exception {
    var archive = folder.resolve("out.tar");
    var arguments = new ArrayList<>(golden.arguments(folder.resolve("ctx"), archive));
    arguments.replaceAll(word -> word.equals("dockerfile.v0") ? "gateway.v0" : word);
    arguments.add("--opt=source=" + image);
    var ended = programs.buildctl(Map.of("SOURCE_DATE_EPOCH", "1700000000"), arguments);
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("docker-image://" + image + "@sha256:");
    var tar =
        new ProcessBuilder("tar", "-xOf", archive.toString(), "index.json")
            .redirectOutput(folder.resolve("index.json").toFile())
            .start();
    assertThat(tar.waitFor()).isZero();
    assertThat(folder.resolve("index.json"))
        .hasSameTextualContentAs(golden.expected().resolve("index.json"));
  }

  @Test
  void aFilesFirstLineChoosesTheImage() throws Exception {
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("a"), "a");
    Files.writeString(
        context.resolve("Dockerfile"), "# syntax=%s\nFROM scratch\nCOPY a /\n".formatted(image));
    var ended = programs.build(context, "--output=type=local,dest=" + folder.resolve("out"));
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("resolve image config for docker-image://" + image);
    assertThat(folder.resolve("out/a")).hasContent("a");
  }

  @Test
  void mistakesAreShownInTheFileAsEver() throws Exception {
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(
        context.resolve("Dockerfile"), "# syntax=%s\nFROM scratch\nFOO x\n".formatted(image));
    var ended = programs.build(context);
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output())
        .contains("   3 | >>> FOO x")
        .contains("error: failed to solve: dockerfile parse error on line 3: unknown instruction");
  }

  @Test
  void requestsAboutAFileAreAnswered() throws Exception {
    var context = Files.createDirectory(folder.resolve("ctx"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch AS one\nCMD a\n");
    var ended =
        programs.build(
            context, "--opt=build-arg:BUILDKIT_SYNTAX=" + image, "--opt=requestid=frontend.lint");
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("JSONArgsRecommended");
    var explained =
        programs.build(
            context,
            "--opt=build-arg:BUILDKIT_SYNTAX=" + image,
            "--opt=requestid=frontend.explain");
    assertThat(explained.output()).contains("STAGE one, starts from the empty tree");
  }

  @Test
  void dockersEngineMakesTheSameImageWithIt() throws Exception {
    var cases = Path.of("peer-cases").toAbsolutePath();
    try (var engine = DockerEngine.start(shared.resolve("docker"));
        var names = Files.list(cases)) {
      for (var context : names.sorted().toList()) {
        assumeTrue(Files.isDirectory(context), "no cases");
        if (Files.readString(context.resolve("Dockerfile")).contains("base")) {
          continue; // starts from a base image, which is another test's
        }
        var own = digest(engine, context);
        var ours = digest(engine, context, "--build-arg=BUILDKIT_SYNTAX=" + image);
        assertThat(ours).as(context.toString()).isEqualTo(own);
      }
      var context = Files.createDirectory(folder.resolve("ctx"));
      Files.writeString(context.resolve("f"), "f");
      Files.writeString(
          context.resolve("Dockerfile"),
          """
          FROM scratch AS a
          ARG X=1
          COPY f /d/
          ENV A=$X
          FROM a
          COPY --chmod=755 --link f /g
          LABEL x=y
          CMD ["/g"]
          """);
      assertThat(digest(engine, context, "--build-arg=BUILDKIT_SYNTAX=" + image))
          .isEqualTo(digest(engine, context));
    }
  }

  /** The digest of what Docker's engine makes of a context. */
  private String digest(DockerEngine engine, Path context, String... more) throws Exception {
    var words = new ArrayList<>(List.of("--builder=default", "build", "--provenance=false"));
    words.add("--progress=plain");
    words.add("--output=type=oci,compression=uncompressed,rewrite-timestamp=true,dest=/dev/null");
    words.addAll(List.of(more));
    words.add(context.toString());
    var log = Files.createTempFile(folder, "client", ".log");
    var builder = DockerEngine.buildx(shared.resolve("config"), words);
    builder.environment().put("DOCKER_HOST", engine.address());
    var process = builder.redirectOutput(log.toFile()).start();
    var output = process.waitFor(120, TimeUnit.SECONDS) ? Files.readString(log) : "no end";
    assertThat(process.exitValue()).as(output).isZero();
    return output
        .lines()
        .filter(line -> line.contains("exporting manifest sha256:"))
        .map(line -> line.replaceAll(".*(sha256:\\w+).*", "$1"))
        .findFirst()
        .orElse(output);
  }
}
