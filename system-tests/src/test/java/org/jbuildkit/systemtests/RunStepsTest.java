package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.linux.MountEntry;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps that run: what ends them, and what is left then. */
@Timeout(120)
class RunStepsTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final String BASE =
      """
      FROM scratch
      COPY --chmod=755 busybox /bin/sh
      """;

  /** A command that goes on for days, and that no other run of these tests gives. */
  private static final String SLEEP = "sleep 9%07d".formatted(ProcessHandle.current().pid());

  @TempDir Path folder;
  private Path context;

  @BeforeEach
  void context() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    context = Files.createDirectory(folder.resolve("ctx"));
    Files.copy(BUSYBOX, context.resolve("busybox"));
  }

  private void dockerfile(String text) throws IOException {
    Files.writeString(context.resolve("Dockerfile"), BASE + text);
  }

  private static List<String> processes(String word) throws IOException {
    var found = new ArrayList<String>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        try {
          var line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
          var words = line.replace('\0', ' ');
          if (words.contains(word) && !words.contains("java")) {
            found.add(words);
          }
        } catch (IOException _) {
          // It has just ended.
        }
      }
    }
    return found;
  }

  private void assertNothingMounted() throws IOException {
    assertThat(MountEntry.under(ByteName.ofText(folder.toString()))).isEmpty();
  }

  @Test
  void aDaemonKilledInTheMiddleOfAStepLosesNothingThatWasCompleted() throws Exception {
    dockerfile(
        """
        RUN echo first > /first
        RUN --mount=type=cache,target=/c \\
            if [ -e /c/seen ]; then echo again > /second; else touch /c/seen; SLEEP; fi
        """
            .replace("SLEEP", SLEEP));
    var first = Programs.start(folder);
    var client = first.startBuild(context);
    client.awaitOutput(SLEEP);
    while (processes(SLEEP).isEmpty()) {
      Thread.sleep(20);
    }
    first.kill();
    assertThat(client.await().status()).isEqualTo(1);

    var out = folder.resolve("out");
    try (var second = Programs.start(folder)) {
      assertThat(processes(SLEEP)).isEmpty();
      var ended = second.build(context, "--output", "type=local,dest=" + out);
      assertThat(ended.output()).containsPattern("RUN echo first > /first\n#\\d+ CACHED");
      assertThat(ended.status()).as(ended.output()).isZero();
    }
    assertThat(out.resolve("first")).hasContent("first");
    assertThat(out.resolve("second")).hasContent("again");
    assertNothingMounted();
  }

  @Test
  void aClientThatVanishesEndsItsStep() throws Exception {
    dockerfile("RUN " + SLEEP + "\n");
    try (var programs = Programs.start(folder)) {
      var client = programs.startBuild(context);
      while (processes(SLEEP).isEmpty()) {
        Thread.sleep(20);
      }
      client.process().destroyForcibly();
      while (!processes(SLEEP).isEmpty()) {
        Thread.sleep(20);
      }
      assertThat(programs.isAlive()).isTrue();
    }
    assertNothingMounted();
  }

  @Test
  void whatADaemonLeavesThatWasToldThreeTimesTheNextOneEnds() throws Exception {
    dockerfile("RUN " + SLEEP + "\n");
    var client = stopThreeTimes();
    assertThat(client.await().status()).isEqualTo(1);
    try (var next = Programs.start(folder)) {
      assertThat(processes(SLEEP)).isEmpty();
      assertThat(next.isAlive()).isTrue();
    }
    assertNothingMounted();
  }

  private Programs.Running stopThreeTimes() throws IOException, InterruptedException {
    try (var programs = Programs.start(folder)) {
      var client = programs.startBuild(context);
      while (processes(SLEEP).isEmpty()) {
        Thread.sleep(20);
      }
      programs.signal();
      programs.awaitLog("stopping server");
      programs.signal();
      while (programs.isAlive()) {
        Thread.sleep(100);
        programs.signal();
      }
      return client;
    }
  }

  @Test
  void aFullDiskIsAnErrorOfTheStepAndTheDaemonLivesOn() throws Exception {
    var root = Files.createDirectory(folder.resolve("root"));
    var mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=24m", "t", root + "");
    assertThat(mount.inheritIO().start().waitFor()).isZero();
    try (var programs = Programs.start(folder)) {
      dockerfile("RUN dd if=/dev/zero of=/big bs=1M count=40\n");
      var full = programs.build(context);
      assertThat(full.status()).isEqualTo(1);
      assertThat(full.output()).contains("No space left on device").contains(">>> RUN dd");
      dockerfile("RUN echo fits > /x\n");
      var fits = programs.build(context);
      assertThat(fits.status()).as(fits.output()).isZero();
    } finally {
      assertThat(new ProcessBuilder("umount", root + "").inheritIO().start().waitFor()).isZero();
    }
  }

  @Test
  void whatNeedsAGrantIsRefusedWithoutIt() throws Exception {
    dockerfile("RUN --network=host true\n");
    try (var programs = Programs.start(folder)) {
      assertThat(programs.build(context).output())
          .endsWith("failed to load LLB: network.host is not allowed\n");
      assertThat(programs.build(context, "--allow", "network.host").output())
          .contains(
              "granting entitlement network.host is not allowed by build daemon configuration");
    }
    try (var programs = Programs.start(folder, "--allow-insecure-entitlement", "network.host")) {
      var granted = programs.build(context, "--allow", "network.host");
      assertThat(granted.status()).as(granted.output()).isZero();
    }
  }
}
