package org.jbuildkit.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.AddedProcess;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.engine.exec.Containers;
import org.jbuildkit.engine.exec.RunningProcess;
import org.jbuildkit.executor.network.NetworkOptions;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real containers whose processes are talked to. */
@Timeout(60)
class OciContainerTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final int TERM = 15;

  @TempDir Path folder;
  private Path root = Path.of("/");

  @BeforeEach
  void makeRoot() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "containers need root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectory(root.resolve("bin"));
    Files.copy(BUSYBOX, root.resolve("bin/sh"));
    assertThat(root.resolve("bin/sh").toFile().setExecutable(true, false)).isTrue();
  }

  private OciExecutor open(String runtime) throws IOException, InterruptedException {
    assumeTrue(
        !runtime.equals("crun") || !isControllerLeftInVersion2(),
        "crun refuses machines whose control groups are of both versions");
    return OciExecutor.open(
        new ExecutorOptions(
            folder.resolve("executor"),
            runtime,
            "",
            NetworkOptions.simple(NetworkOptions.Mode.HOST, folder.resolve("net")),
            "",
            "",
            false,
            new org.jbuildkit.executor.device.DeviceRegistry(List.of(), java.util.Set.of()),
            DnsOptions.HOST,
            Optional.empty()));
  }

  private static boolean isControllerLeftInVersion2() throws IOException, InterruptedException {
    var both = Path.of("/sys/fs/cgroup/unified/cgroup.controllers");
    return Files.exists(both) && !Files.readString(both).isBlank();
  }

  private Containers.Container start(OciExecutor executor, boolean hasTerminal, String script)
      throws IOException, InterruptedException {
    return executor.start(
        new ContainerProcess(
            List.of("/bin/sh", "-c", script),
            List.of("PATH=/bin"),
            "/",
            "",
            "",
            root,
            false,
            List.of(),
            ContainerProcess.Network.NONE,
            ContainerProcess.Security.SANDBOX,
            List.of(),
            List.of(),
            "",
            Optional.empty(),
            List.of(),
            true),
        hasTerminal);
  }

  private static AddedProcess shell(boolean hasTerminal, String script) {
    return new AddedProcess(
        List.of("/bin/sh", "-c", script),
        List.of("PATH=/bin"),
        "/",
        "",
        ContainerProcess.Security.SANDBOX,
        hasTerminal);
  }

  private static RunningProcess started(RunningProcess process) throws IOException {
    assertThat(process.output().readNBytes(3)).asString(UTF_8).isEqualTo("on\n");
    return process;
  }

  private static String text(RunningProcess process) throws IOException {
    return new String(process.output().readAllBytes(), UTF_8);
  }

  /** As of steps: CVE-2026-41579. */
  @Test
  void aLinkInThePlaceOfDevLeadsNowhere() throws Exception {
    var outside = Files.createDirectories(folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("dev"), outside);
    try (var executor = open("runc")) {
      assertThatThrownBy(() -> start(executor, false, "echo ran").close())
          .isInstanceOf(BuildException.class)
          .hasMessage("/dev is a link in the root of the process");
    }
    assertThat(outside).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void aProcessReadsWhatIsWrittenAndEndsWithItsStatus(String runtime) throws Exception {
    try (var executor = open(runtime);
        var container = start(executor, false, "cat; echo err >&2; exit 9")) {
      var main = container.main();
      main.input().write("hello".getBytes(UTF_8));
      main.input().close();
      assertThat(text(main)).isEqualTo("hello");
      assertThat(new String(main.errors().readAllBytes(), UTF_8)).isEqualTo("err\n");
      assertThat(main.await()).isEqualTo(9);
    }
    assertThat(folder.resolve("executor/containers")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void moreProcessesRunBesideTheFirstAndEndWithIt(String runtime) throws Exception {
    try (var executor = open(runtime);
        var container = start(executor, false, "read line; exit 3")) {
      var quick = container.add(shell(false, "echo $$ > /seen; cat /seen; exit 4"));
      assertThat(text(quick)).isNotEqualTo("1\n").endsWith("\n");
      assertThat(quick.await()).isEqualTo(4);
      var slow = started(container.add(shell(false, "echo on; sleep 1000")));
      container.main().input().write("go\n".getBytes(UTF_8));
      container.main().input().flush();
      assertThat(container.main().await()).isEqualTo(3);
      assertThat(slow.await()).isEqualTo(137);
      assertThatThrownBy(() -> container.add(shell(false, "true")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has stopped");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void aTerminalHasASizeThatChanges(String runtime) throws Exception {
    var script =
        "echo ready; i=0; until stty size | grep '33 77' || [ $i = 50 ]; do sleep 0.1;"
            + " i=$((i+1)); done; exit 5";
    try (var executor = open(runtime);
        var container = start(executor, true, "tty; " + script)) {
      var main = container.main();
      var seen = new StringBuilder();
      var buffer = new byte[1000];
      while (seen.indexOf("ready") < 0) {
        int n = main.output().read(buffer);
        seen.append(new String(buffer, 0, n, UTF_8));
      }
      main.resize(33, 77);
      seen.append(text(main));
      assertThat(seen.toString()).contains("/dev/").contains("ready\r\n").contains("33 77\r\n");
      assertThat(main.await()).isEqualTo(5);
    }
  }

  @Test
  void aMoreProcessMayHaveATerminalToo() throws Exception {
    try (var executor = open("");
        var container = start(executor, false, "cat")) {
      var added = container.add(shell(true, "read line; echo got $line; exit 6"));
      added.input().write("it\n".getBytes(UTF_8));
      assertThat(text(added)).endsWith("got it\r\n");
      assertThat(added.await()).isEqualTo(6);
    }
  }

  @Test
  void signalsReachTheProcessMeant() throws Exception {
    try (var executor = open("");
        var container =
            start(executor, false, "trap 'exit 8' TERM; echo on; while :; do sleep 0.1; done")) {
      var added =
          started(
              container.add(
                  shell(false, "trap 'exit 7' TERM; echo on; while :; do sleep 0.1; done")));
      assertThat(started(container.main())).isNotNull();
      added.signal(TERM);
      assertThat(added.await()).isEqualTo(7);
      container.main().signal(TERM);
      assertThat(container.main().await()).isEqualTo(8);
    }
  }

  @Test
  void nothingIsLeftOfAContainerThatIsClosedWhileItRuns() throws Exception {
    try (var executor = open("")) {
      var container = start(executor, false, "sleep 1000");
      var added = started(container.add(shell(false, "echo on; sleep 1000")));
      container.close();
      assertThat(container.main().await()).isEqualTo(137);
      assertThat(added.await()).isEqualTo(137);
      assertThat(folder.resolve("executor/containers")).isEmptyDirectory();
    }
  }

  @Test
  void anExecutorThatIsClosedEndsWhatRuns() throws Exception {
    Containers.Container container;
    try (var executor = open("")) {
      container = start(executor, false, "echo on; sleep 1000");
      assertThat(started(container.main())).isNotNull();
    }
    assertThat(container.main().await()).isEqualTo(137);
  }
}
