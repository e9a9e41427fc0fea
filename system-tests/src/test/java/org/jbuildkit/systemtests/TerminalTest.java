package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds as they look on a terminal. */
@Timeout(120)
class TerminalTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir Path folder;
  private Programs programs;
  private Path context;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/tmux")), "tmux is not installed");
    context = Files.createDirectory(folder.resolve("ctx"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
    programs = Programs.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    if (programs != null) {
      tmux("kill-server");
      programs.close();
    }
  }

  /** Runs tmux with a server of this test's own; the result is what it prints. */
  private String tmux(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("tmux", "-f", "/dev/null", "-S", folder + "/tmux"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private String screen() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p")
        .lines()
        .map(String::stripTrailing)
        .collect(Collectors.joining("\n"))
        .stripTrailing();
  }

  private String awaitScreen(String text) throws Exception {
    for (int i = 0; i < 400; i++) {
      var screen = screen();
      if (screen.contains(text)) {
        return screen;
      }
      Thread.sleep(50);
    }
    throw new IOException("no \"" + text + "\" on\n" + screen());
  }

  private void build(int columns, int rows, String steps) throws Exception {
    Files.writeString(
        context.resolve("Dockerfile"), "FROM scratch\nCOPY --chmod=755 busybox /bin/sh\n" + steps);
    var words =
        programs.command(
            List.of(
                "--addr",
                "unix://" + folder.resolve("bk.sock"),
                "build",
                "--frontend=dockerfile.v0",
                "--local=context=" + context,
                "--local=dockerfile=" + context));
    var line = String.join(" ", words.stream().map(word -> "'" + word + "'").toList());
    Files.writeString(
        folder.resolve("run.sh"),
        "trap : INT\n" + line + "\necho \"ended with $?\"\nexec sleep 1000\n");
    tmux(
        "new-session",
        "-d",
        "-x",
        Integer.toString(columns),
        "-y",
        Integer.toString(rows),
        "sh " + folder.resolve("run.sh"));
  }

  @Test
  void outputOfARunningStepIsShownAndTheEndStays() throws Exception {
    build(80, 24, "RUN for i in 1 2 3; do echo line-$i; done; sleep 3\n");
    var running = awaitScreen("# line-3");
    assertThat(running.lines().map(line -> line.replaceAll(" +[0-9.]+s$", "")))
        .contains(" => => # line-1", " => => # line-2", " => => # line-3")
        .anyMatch(line -> line.matches("\\[\\+] Building [0-9.]+s \\(\\d+/\\d+\\)"));
    var ended = awaitScreen("ended with 0");
    assertThat(ended).containsPattern("\\[\\+] Building [0-9.]+s \\((\\d+)/\\1\\) FINISHED");
    assertThat(ended).doesNotContain("# line").containsOnlyOnce("[+] Building");
    assertThat(ended.lines().filter(line -> line.startsWith(" => ")))
        .allMatch(line -> line.length() == 79)
        .anyMatch(line -> line.startsWith(" => [internal] load build definition from Dockerfile"));
  }

  @Test
  void controlCCancelsTheRunningStep() throws Exception {
    build(80, 24, "RUN echo begun; sleep 1000\n");
    awaitScreen("# begun");
    tmux("send-keys", "C-c");
    var ended = awaitScreen("ended with");
    assertThat(ended)
        .contains("FINISHED\n")
        .containsPattern("\n => CANCELED \\[[^\n]*RUN echo begun; sleep 1000 +[0-9.]+s\n")
        .endsWith("error: failed to solve: Canceled: context canceled\nended with 1")
        .doesNotContain("------");
  }
}
