package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same Dockerfiles with the same client, once with our daemon and once with Docker's engine:
 * the images' configs are equal, and so are, by the digests in them, all layers, the names of what
 * is done, and the errors.
 */
@Timeout(300)
class PeerEngineTest {
  private static final Path CASES = Path.of("peer-cases").toAbsolutePath();
  private static final Pattern NAME = Pattern.compile("(?m)^#[0-9]+ (\\[.*)$");
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Programs programs;
  private static DockerEngine engine;
  private static Path base;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "engines mount: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    engine = DockerEngine.start(shared.resolve("docker"));
    programs = Programs.start(shared);
    client("create", "--name=ours", "--driver=remote", "unix://" + shared.resolve("bk.sock"));
    base = makeBase();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (programs != null) {
      programs.close();
    }
    if (engine != null) {
      engine.close();
    }
  }

  private static void client(String... words) throws IOException, InterruptedException {
    var ended = run(List.of(words));
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private record Ended(int status, String output) {}

  private static Ended run(List<String> words) throws IOException, InterruptedException {
    var log = Files.createTempFile(shared, "client", ".log");
    var builder = DockerEngine.buildx(shared.resolve("config"), words);
    builder.environment().put("DOCKER_HOST", engine.address());
    var process = builder.redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
    return new Ended(process.exitValue(), Files.readString(log));
  }

  private static Path makeBase() throws IOException, InterruptedException {
    var context = Files.createDirectory(shared.resolve("base-context"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch
        COPY --chmod=755 busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]
        RUN mkdir -p -m 1777 /tmp && mkdir -p /etc && echo root:x:0:0::/root:/bin/sh > /etc/passwd \\
          && echo root:x:0: > /etc/group && echo hello > /etc/motd
        """);
    var archive = shared.resolve("base.tar");
    client("--builder=ours", "build", "--output=type=oci,dest=" + archive, context.toString());
    return unpack(archive, shared.resolve("base"));
  }

  private static Path unpack(Path archive, Path into) throws IOException, InterruptedException {
    Files.createDirectories(into);
    var tar = new ProcessBuilder("tar", "-xf", archive.toString(), "-C", into.toString());
    assertThat(tar.inheritIO().start().waitFor()).isZero();
    return into;
  }

  static Stream<String> cases() throws IOException {
    try (var folders = Files.list(CASES)) {
      return folders
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  /**
   * @param result the image's config as text, one member a line, or the error
   * @param names of what was done, in the order of the alphabet
   */
  private record Outcome(String result, List<String> names) {}

  @ParameterizedTest
  @MethodSource("cases")
  void bothEnginesMakeTheSameImage(String name) throws Exception {
    var ours = build("ours", name, List.of("--builder=ours"));
    var theirs = build("theirs", name, List.of("--builder=default"));
    assertThat(ours.names()).isEqualTo(theirs.names());
    if (known().contains(name)) {
      assertThat(ours.result()).as("no known difference any more").isNotEqualTo(theirs.result());
    } else {
      assertThat(ours.result()).isEqualTo(theirs.result());
    }
  }

  /** Names of cases whose images are known to differ. */
  private static List<String> known() throws IOException {
    return Files.readAllLines(CASES.resolve("known.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf('|')).strip())
        .toList();
  }

  private Outcome build(String engineName, String name, List<String> selection)
      throws IOException, InterruptedException {
    var archive = folder.resolve(engineName + ".tar");
    var words = new ArrayList<>(selection);
    words.addAll(List.of("build", "--progress=plain", "--provenance=false", "--network=host"));
    if (engineName.equals("ours")) {
      // Ours has the host's network by default, and nobody needs a grant for that.
      words.remove("--network=host");
    } else {
      words.add("--allow=network.host");
    }
    words.add("--build-context=base=oci-layout://" + base);
    words.add("--output=type=oci,compression=uncompressed,rewrite-timestamp=true,dest=" + archive);
    words.addAll(arguments(CASES.resolve(name)));
    words.add(CASES.resolve(name).toString());
    var ended = run(words);
    var result =
        ended.status() == 0
            ? config(unpack(archive, folder.resolve(engineName)))
            : error(ended.output());
    return new Outcome(result, names(ended.output()));
  }

  private static List<String> arguments(Path folder) throws IOException {
    var file = folder.resolve("arguments");
    if (!Files.exists(file)) {
      return List.of();
    }
    return Files.readAllLines(file).stream()
        .map(line -> line.replace("{case}", folder.toString()).replace("{base}", base.toString()))
        .toList();
  }

  /** The error without the ids of trees, which are made by chance. */
  private static String error(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith("ERROR: "))
        .map(line -> line.replaceAll(" of ref [a-z0-9:]+:", " of ref:"))
        .collect(Collectors.joining("\n"));
  }

  private static List<String> names(String progress) {
    return NAME.matcher(progress)
        .results()
        .map(match -> match.group(1))
        .filter(name -> !name.startsWith("[auth]"))
        .distinct()
        .sorted()
        .toList();
  }

  private static String config(Path layout) throws IOException {
    var index = Json.parseObject(Files.readAllBytes(layout.resolve("index.json")));
    var manifest = blob(layout, (Json.Obj) index.array("manifests").getFirst());
    var config = blob(layout, manifest.object("config"));
    return config.writeIndented("", "  ");
  }

  private static Json.Obj blob(Path layout, Json.Obj descriptor) throws IOException {
    var digest = Digest.parse(descriptor.text("digest"));
    return Json.parseObject(
        Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest.hex())));
  }
}
