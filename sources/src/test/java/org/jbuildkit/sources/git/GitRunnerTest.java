package org.jbuildkit.sources.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jbuildkit.engine.Source;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.solver.VertexReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How git is run: with which credentials, and how it ends. */
@Timeout(60)
class GitRunnerTest {
  private static final String HEADER = "Bearer planted-secret";

  @TempDir Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final VertexReport report =
      new VertexReport() {
        @Override
        public void log(int stream, byte[] data) {
          log.add(new String(data, StandardCharsets.UTF_8));
        }

        @Override
        public void status(Status status) {}
      };

  private Path served() throws Exception {
    var served = Files.createDirectories(folder.resolve("served"));
    var work = Files.createDirectories(folder.resolve("work"));
    GitServer.git(work, "init", "-q", "-b", "main");
    GitServer.git(work, "commit", "-q", "--allow-empty", "-m", "one");
    GitServer.git(served, "clone", "-q", "--bare", work.toString(), "r.git");
    return served;
  }

  private static GitRequest request(String url) {
    return GitRequest.of(
        new Source.Request("git", "h/r.git", Map.of("git.fullurl", url), Platform.host()));
  }

  private GitAccess access(String url) throws Exception {
    return GitAccess.with(request(url), Optional.of(HEADER), folder);
  }

  private GitRunner runner(GitAccess access, String url) {
    return GitRunner.of(GitProgram.of(System.getenv()), access, url, report);
  }

  @Test
  void credentialsGoToTheServerThatTheyAreFor() throws Exception {
    try (var server = new GitServer(served());
        var access = access(server.url("r.git"))) {
      server.authorization = HEADER;

      assertThat(runner(access, server.url("r.git")).run("ls-remote", "--", GitRunner.REMOTE))
          .contains("refs/heads/main");
      assertThat(String.join("", log)).doesNotContain("planted-secret");
    }
  }

  @Test
  void credentialsAreNotSentOnToWhereAServerRedirects() throws Exception {
    try (var target = new GitServer(served());
        var server = new GitServer(folder);
        var access = access(server.url("r.git"))) {
      server.redirect = "http://" + target.host();

      assertThat(runner(access, server.url("r.git")).run("ls-remote", "--", GitRunner.REMOTE))
          .contains("refs/heads/main");
      assertThat(server.requests.getFirst()).contains(HEADER);
      assertThat(target.requests)
          .isNotEmpty()
          .allSatisfy(asked -> assertThat(asked).doesNotContain("planted-secret"));
    }
  }

  @Test
  void anInterruptEndsAllProcesses() throws Exception {
    var script = folder.resolve("bin");
    Files.createDirectories(script);
    var git = Files.writeString(script.resolve("git"), "#!/bin/sh\nsleep 4217 & wait\n");
    assertThat(git.toFile().setExecutable(true)).isTrue();
    var path = script + ":" + System.getenv("PATH");
    try (var access = access("http://127.0.0.1:1/r.git")) {
      var runner =
          GitRunner.of(
              GitProgram.of(Map.of("PATH", path)), access, "http://127.0.0.1:1/r.git", report);
      var failed = new CopyOnWriteArrayList<Throwable>();
      var thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  runner.run("fetch");
                } catch (Exception e) {
                  failed.add(e);
                }
              });
      while (sleepers() == 0) {
        Thread.sleep(20);
      }
      thread.interrupt();
      thread.join();

      assertThat(failed).singleElement().isInstanceOf(InterruptedException.class);
      while (sleepers() > 0) {
        Thread.sleep(20);
      }
    }
  }

  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").endsWith("sleep 4217"))
        .count();
  }

  @Test
  void aMissingProgramIsNamed() throws Exception {
    assertThatThrownBy(() -> GitProgram.of(Map.of("PATH", folder.toString())).require())
        .hasMessage("failed to find git binary: install git where the daemon runs");
  }

  @Test
  void nothingOfTheMachineIsRead() throws Exception {
    try (var server = new GitServer(served());
        var access = access(server.url("r.git"))) {
      var listed = runner(access, server.url("r.git")).run("config", "--list", "--show-scope");

      assertThat(listed.lines()).isNotEmpty().allMatch(line -> line.startsWith("command\t"));
    }
  }
}
