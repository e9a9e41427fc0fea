package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds from git repositories by Docker's own client, and what Docker's engine makes of them. */
class GitSourceTest {
  private static final Path SSHD = Path.of("/usr/sbin/sshd");
  private static final int TRIES = 200;

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static final List<Process> servers = new ArrayList<>();
  private static Programs programs;
  private static String host;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    var work = Files.createDirectory(shared.resolve("work"));
    git(work, "init", "-q", "-b", "main");
    Files.writeString(work.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
    Files.writeString(work.resolve("a.txt"), "one\n");
    Files.createDirectory(work.resolve("sub"));
    Files.writeString(work.resolve("sub/Dockerfile"), "FROM scratch\nCOPY b.txt /\n");
    Files.writeString(work.resolve("sub/b.txt"), "below\n");
    Files.createSymbolicLink(work.resolve("link"), Path.of("a.txt"));
    git(work, "add", "-A");
    git(work, "commit", "-q", "-m", "one");
    git(work, "tag", "-a", "-m", "annotated", "v1");
    git(shared, "clone", "-q", "--bare", work.toString(), "repo.git");
    host = "127.0.0.1:" + daemon();
    programs = Programs.start(shared);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    for (var server : servers) {
      server.descendants().forEach(ProcessHandle::destroy);
      server.destroy();
    }
    if (programs != null) {
      programs.close();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static int daemon() throws IOException, InterruptedException {
    int port = freePort();
    start(
        port,
        List.of(
            "git",
            "daemon",
            "--export-all",
            "--reuseaddr",
            "--listen=127.0.0.1",
            "--port=" + port,
            "--base-path=" + shared));
    return port;
  }

  private static void start(int port, List<String> command)
      throws IOException, InterruptedException {
    var log = shared.resolve("server-" + port + ".log");
    servers.add(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
    for (int i = 0; i < TRIES; i++) {
      try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException _) {
        Thread.sleep(50);
      }
    }
    throw new IOException("no server: " + Files.readString(log));
  }

  private static String run(Path folder, Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  private static String git(Path folder, String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    return run(
        folder,
        Map.of(
            "GIT_CONFIG_GLOBAL", "/dev/null",
            "GIT_AUTHOR_NAME", "a",
            "GIT_AUTHOR_EMAIL", "a@example.org",
            "GIT_COMMITTER_NAME", "c",
            "GIT_COMMITTER_EMAIL", "c@example.org",
            "GIT_COMMITTER_DATE", "1700000100 +0000"),
        command.toArray(new String[0]));
  }

  private UpstreamBuildx buildx() throws IOException, InterruptedException {
    return UpstreamBuildx.of("sid", folder).using("unix://" + shared.resolve("bk.sock"));
  }

  private String url(String place) {
    return "git://" + host + "/repo.git" + place;
  }

  @Test
  void aRepositoryIsAContext() throws Exception {
    var ended = buildx().call("build", "--progress=plain", "--output=out", url("#main"));

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("[internal] load git source " + url("#main"));
    assertThat(folder.resolve("out/a.txt")).hasContent("one\n");
    assertThat(folder.resolve("out/link")).isSymbolicLink();
    assertThat(folder.resolve("out/.git")).doesNotExist();
  }

  @Test
  void aDirectoryOfATagIsAContext() throws Exception {
    var _ = buildx().run("build", "--output=out", url("#v1:sub"));

    try (var files = Files.list(folder.resolve("out"))) {
      assertThat(files).containsExactly(folder.resolve("out/b.txt"));
    }
  }

  @Test
  void addTakesRepositoriesThatAreWhatTheyShould() throws Exception {
    var context = Files.createDirectory(folder.resolve("ctx"));
    var commit = git(shared.resolve("work"), "rev-parse", "HEAD");
    Files.writeString(
        context.resolve("Dockerfile"),
        "FROM scratch\nADD --checksum=%s --keep-git-dir=true %s /r/\n"
            .formatted(commit, url("#main")));
    var buildx = buildx();
    var _ = buildx.run("build", "--output=out", "ctx");
    assertThat(git(folder.resolve("out/r"), "-c", "safe.directory=*", "rev-parse", "HEAD"))
        .isEqualTo(commit);

    Files.writeString(
        context.resolve("Dockerfile"),
        "FROM scratch\nADD --checksum=%s %s /r/\n".formatted("0".repeat(40), url("#main")));
    var ended = buildx.call("build", "--progress=plain", "ctx");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err())
        .contains("expected checksum to match %s, got %s".formatted("0".repeat(40), commit));
  }

  @Test
  void theCommitsDateMakesImagesReproducible() throws Exception {
    var buildx = buildx();
    var digests = new ArrayList<String>();
    for (var place : new String[] {"#main", "#v1"}) {
      var _ =
          buildx.run(
              "build",
              "--no-cache",
              "--provenance=false",
              "--build-arg=SOURCE_DATE_EPOCH=context",
              "--metadata-file=facts",
              "--output=type=oci,dest=a.tar,rewrite-timestamp=true",
              url(place));
      digests.add(
          org.jbuildkit.base.Json.parseObject(Files.readAllBytes(folder.resolve("facts")))
              .text("containerimage.config.digest"));
    }
    assertThat(digests.getFirst()).isNotEmpty().isEqualTo(digests.getLast());
  }

  @Test
  void repositoriesAreReachedBySshWithTheClientsAgent() throws Exception {
    assumeTrue(Files.isExecutable(SSHD), "no sshd");
    var keys = Files.createDirectory(folder.resolve("keys"));
    for (var name : new String[] {"host", "user"}) {
      run(keys, Map.of(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name);
    }
    int port = freePort();
    start(port, sshd(port, keys));
    var url = "ssh://root@127.0.0.1:%d%s#main".formatted(port, shared.resolve("repo.git"));
    var agent = "--ssh=default=" + keys.resolve("user");
    var ended =
        buildx().call("build", "--progress=plain", agent, "--output=out", "--no-cache", url);

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).doesNotContain("Permanently added");
    assertThat(folder.resolve("out/a.txt")).hasContent("one\n");
  }

  private static List<String> sshd(int port, Path keys) {
    var command = new ArrayList<>(List.of(SSHD.toString(), "-D", "-e", "-f", "/dev/null"));
    command.addAll(List.of("-h", keys.resolve("host").toString(), "-p", Integer.toString(port)));
    for (var option :
        new String[] {
          "ListenAddress=127.0.0.1",
          "PidFile=none",
          "StrictModes=no",
          "UsePAM=no",
          "PermitRootLogin=yes",
          "AuthorizedKeysFile=" + keys.resolve("user.pub")
        }) {
      command.addAll(List.of("-o", option));
    }
    return command;
  }

  @Test
  void nothingOfGitOutlivesADaemonThatIsKilled() throws Exception {
    var own = Files.createDirectory(folder.resolve("own"));
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var victim = Programs.start(own)) {
      var url = "git://127.0.0.1:%d/r.git#main".formatted(silent.getLocalPort());
      var arguments = List.of("build", "--frontend=dockerfile.v0", "--opt=context=" + url);
      var client = victim.start(Map.of(), arguments);
      try (var _ = silent.accept()) {
        assertThat(gits(own)).isPositive();
        victim.kill();
        for (int i = 0; i < TRIES && gits(own) > 0; i++) {
          Thread.sleep(50);
        }
        assertThat(gits(own)).isZero();
      }
      var _ = client.await();
    }
  }

  /** How many processes work in a daemon's folders. */
  private static long gits(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> directory(process).startsWith(folder.resolve("root/git").toString()))
        .count();
  }

  private static String directory(ProcessHandle process) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"))
          .toString();
    } catch (IOException _) {
      return "";
    }
  }

  @Test
  void dockersEngineMakesTheSameOfIt() throws Exception {
    var buildx = buildx();
    try (var engine = DockerEngine.start(folder.resolve("engine"))) {
      for (var place : new String[] {"#main", "#v1", "#v1:sub", ""}) {
        var _ = buildx.run("build", "--output=ours", url(place));
        var words = List.of("build", "--output=" + folder.resolve("theirs"), url(place));
        var theirs = DockerEngine.buildx(folder.resolve("peer"), words);
        theirs.environment().put("DOCKER_HOST", engine.address());
        var process = theirs.redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(listing("ours")).isNotEmpty().isEqualTo(listing("theirs"));
        run(folder, Map.of(), "diff", "-r", "--no-dereference", "ours", "theirs");
        run(folder, Map.of(), "rm", "-r", "ours", "theirs");
      }
    }
  }

  private List<String> listing(String name) throws IOException, InterruptedException {
    return run(folder.resolve(name), Map.of(), "find", ".", "-printf", "%m %y %p %l\\n")
        .lines()
        .sorted()
        .toList();
  }
}
