package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * the images' configs are equal, and so are, by the digests in them, all layers.
 */
@Timeout(300)
class PeerEngineTest {
  private static final Path CASES = Path.of("peer-cases").toAbsolutePath();
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
    var log = Files.createTempFile(shared, "client", ".log");
    var builder = DockerEngine.buildx(shared.resolve("config"), List.of(words));
    builder.environment().put("DOCKER_HOST", engine.address());
    var process = builder.redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
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
      return folders.map(path -> path.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothEnginesMakeTheSameImage(String name) throws Exception {
    var ours = build("ours", name, List.of("--builder=ours"));
    var theirs = build("theirs", name, List.of("--builder=default"));
    assertThat(ours).isEqualTo(theirs);
  }

  /** The image's config as text, one member a line. */
  private String build(String engineName, String name, List<String> selection)
      throws IOException, InterruptedException {
    var archive = folder.resolve(engineName + ".tar");
    var words = new ArrayList<>(selection);
    words.addAll(List.of("build", "--provenance=false", "--network=host"));
    if (engineName.equals("ours")) {
      // Ours has the host's network by default, and nobody needs a grant for that.
      words.remove("--network=host");
    } else {
      words.add("--allow=network.host");
    }
    words.add("--build-context=base=oci-layout://" + base);
    words.add("--output=type=oci,compression=uncompressed,rewrite-timestamp=true,dest=" + archive);
    words.add(CASES.resolve(name).toString());
    client(words.toArray(String[]::new));
    return config(unpack(archive, folder.resolve(engineName)));
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
