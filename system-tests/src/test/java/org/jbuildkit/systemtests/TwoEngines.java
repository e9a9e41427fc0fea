package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.linux.ProcessCalls;
import org.jspecify.annotations.Nullable;

/** Our daemon and Docker's engine, both driven by Docker's client for builds. */
final class TwoEngines implements AutoCloseable {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Path folder;
  private final List<AutoCloseable> started = new ArrayList<>();
  private final DockerEngine engine;
  private Path base = Path.of("");
  private @Nullable Programs programs;

  private TwoEngines(Path folder, DockerEngine engine) {
    this.folder = folder;
    this.engine = engine;
    started.addFirst(engine);
  }

  /** Starts both; what they keep is below {@code folder}. The caller closes them. */
  static TwoEngines start(Path folder) throws Exception {
    check();
    return start(folder, DockerEngine.start(folder.resolve("docker")));
  }

  /** As {@link #start}, with a network for steps that have to have one in Docker's engine. */
  static TwoEngines startWithBridge(Path folder) throws Exception {
    check();
    return start(folder, DockerEngine.startWithBridge(folder.resolve("docker")));
  }

  private static void check() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "engines mount: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
  }

  private static TwoEngines start(Path folder, DockerEngine engine) throws Exception {
    var two = new TwoEngines(folder, engine);
    two.programs = Programs.start(folder);
    two.started.addFirst(two.programs);
    two.client("create", "--name=ours", "--driver=remote", "unix://" + folder.resolve("bk.sock"));
    two.base = two.makeBase();
    return two;
  }

  /** One of the two. */
  enum Engine {
    OURS("ours"),
    THEIRS("default");

    private final String builder;

    Engine(String builder) {
      this.builder = builder;
    }
  }

  /** Our programs. */
  Programs ours() {
    return Objects.requireNonNull(programs);
  }

  /** What a call of the client came to. */
  record Ended(int status, String output) {}

  /** A small image as an OCI layout. */
  Path base() {
    return base;
  }

  /** The builder in Docker's engine; the caller closes it before this. */
  DockerBuilder dial() throws IOException, InterruptedException {
    return DockerBuilder.dial(engine, folder);
  }

  /** A call of the client for one of the engines, whatever its end. */
  Ended run(Engine which, List<String> words) throws IOException, InterruptedException {
    var all = new ArrayList<String>();
    all.add("--builder=" + which.builder);
    all.addAll(words);
    return run(all);
  }

  private Ended run(List<String> words) throws IOException, InterruptedException {
    var log = Files.createTempFile(folder, "client", ".log");
    var builder = DockerEngine.buildx(folder.resolve("config"), words);
    builder.environment().put("DOCKER_HOST", engine.address());
    var process = builder.redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
    return new Ended(process.exitValue(), Files.readString(log));
  }

  private void client(String... words) throws IOException, InterruptedException {
    var ended = run(List.of(words));
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private Path makeBase() throws IOException, InterruptedException {
    var context = Files.createDirectory(folder.resolve("base-context"));
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
    var archive = folder.resolve("base.tar");
    client("--builder=ours", "build", "--output=type=oci,dest=" + archive, context.toString());
    return unpack(archive, folder.resolve("base"));
  }

  static Path unpack(Path archive, Path into) throws IOException, InterruptedException {
    Files.createDirectories(into);
    var tar = new ProcessBuilder("tar", "-xf", archive.toString(), "-C", into.toString());
    assertThat(tar.inheritIO().start().waitFor()).isZero();
    return into;
  }

  @Override
  public void close() throws Exception {
    for (var one : started) {
      one.close();
    }
  }
}
