package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.executor.network.NetworkOptions;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real containers, of a root that holds nothing but busybox. */
class OciExecutorTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir Path folder;
  private Path root = Path.of("/");
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @BeforeEach
  void makeRoot() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "containers need root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectory(root.resolve("bin"));
    Files.createDirectory(root.resolve("etc"));
    Files.copy(BUSYBOX, root.resolve("bin/sh"));
    assertThat(root.resolve("bin/sh").toFile().setExecutable(true, false)).isTrue();
    Files.writeString(
        root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nann:x:7:8::/home:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\nann:x:8:\nwheel:x:10:bob,ann\n");
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
            Optional.of(folder.resolve("otel.sock"))));
  }

  private static boolean isControllerLeftInVersion2() throws IOException {
    var both = Path.of("/sys/fs/cgroup/unified/cgroup.controllers");
    return Files.exists(both) && !Files.readString(both).isBlank();
  }

  /** A process with changes to be made. */
  private final class Wanted {
    private List<String> args = List.of();
    private String user = "";
    private String cwd = "/";
    private List<ContainerMount> mounts = List.of();
    private ContainerProcess.Network network = ContainerProcess.Network.DEFAULT;
    private ContainerProcess.Security security = ContainerProcess.Security.SANDBOX;
    private List<ContainerProcess.ResourceLimit> limits = List.of();

    ContainerProcess process() {
      return new ContainerProcess(
          args,
          List.of("PATH=/bin"),
          cwd,
          user,
          "",
          root,
          false,
          mounts,
          network,
          security,
          List.of(new ContainerProcess.HostEntry("10.9.8.7", "there")),
          limits,
          "",
          Optional.empty(),
          List.of(),
          true);
    }
  }

  private Wanted shell(String script) {
    var wanted = new Wanted();
    wanted.args = List.of("/bin/sh", "-c", script);
    return wanted;
  }

  private int run(OciExecutor executor, Wanted wanted) throws IOException, InterruptedException {
    return executor.run(
        wanted.process(), (stream, data) -> (stream == 1 ? stdout : stderr).writeBytes(data));
  }

  private String runForText(Wanted wanted) throws IOException, InterruptedException {
    try (var executor = open("")) {
      assertThat(run(executor, wanted)).as(stderr.toString(StandardCharsets.UTF_8)).isZero();
    }
    return stdout.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void statusAndBothStreamsComeBackFromEachRuntime(String runtime) throws Exception {
    try (var executor = open(runtime)) {
      assertThat(run(executor, shell("echo out; echo err >&2; exit 7"))).isEqualTo(7);
      assertThat(executor.runtimeProgram().getFileName().toString()).isEqualTo(runtime);
    }
    assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("out\n");
    assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");
    assertThat(folder.resolve("executor/containers")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void aMissingProgramIsToldOnTheProcessesOutput(String runtime) throws Exception {
    var wanted = new Wanted();
    wanted.args = List.of("/nope");
    try (var executor = open(runtime)) {
      assertThat(run(executor, wanted)).isEqualTo(1);
    }
    assertThat(stderr.toString(StandardCharsets.UTF_8)).contains("/nope");
  }

  @Test
  void processesAreConfinedAsBuildKitConfinesThem() throws Exception {
    assertThat(runForText(shell("grep -E '^(Cap|NoNew|Seccomp:)' /proc/self/status")))
        .isEqualTo(
            """
            CapInh:\t0000000000000000
            CapPrm:\t00000000a80425fb
            CapEff:\t00000000a80425fb
            CapBnd:\t00000000a80425fb
            CapAmb:\t0000000000000000
            NoNewPrivs:\t0
            Seccomp:\t2
            """);
  }

  @Test
  void kernelSettingsCantBeWrittenNorMountsMade() throws Exception {
    assertThat(
            runForText(
                shell(
                    "echo x > /proc/sys/kernel/hostname || echo sys; mount -t tmpfs t /bin || echo"
                        + " mount; cat /proc/kcore | head -c 1 | wc -c")))
        .isEqualTo("sys\nmount\n0\n");
  }

  @Test
  void aProcessWithAllRightsHasThoseOfTheDaemon() throws Exception {
    var wanted = shell("mount -t tmpfs t /sys/fs/cgroup && test -b /dev/loop0 && echo made");
    wanted.security = ContainerProcess.Security.INSECURE;
    assertThat(runForText(wanted)).isEqualTo("made\n");
  }

  @Test
  void usersAreLookedUpInTheRootsOwnFiles() throws Exception {
    var wanted = shell("id -u; id -g; id -G");
    wanted.user = "ann";
    assertThat(runForText(wanted)).isEqualTo("7\n8\n8 10\n");
  }

  @Test
  void anUnknownUserIsAnError() throws Exception {
    var wanted = shell("id");
    wanted.user = "bob";
    try (var executor = open("")) {
      assertThatThrownBy(() -> run(executor, wanted))
          .isInstanceOf(BuildException.class)
          .hasMessage("unable to find user bob: no matching entries in passwd file");
    }
  }

  @Test
  void aMissingWorkingFolderIsMadeForTheUser() throws Exception {
    var wanted = shell("pwd; stat -c %u:%g:%a . ..");
    wanted.user = "7:8";
    wanted.cwd = "/a/b";
    assertThat(runForText(wanted)).isEqualTo("/a/b\n7:8:755\n7:8:755\n");
  }

  @Test
  void whatWasMadeOnlyToMountOnIsRemovedAgain() throws Exception {
    var wanted = shell("touch /t/x /kept");
    wanted.mounts =
        List.of(new ContainerMount.Tmpfs("/t/u/v", 0), new ContainerMount.Tmpfs("/w", 0));
    wanted.args = List.of("/bin/sh", "-c", "touch /t/u/v/x /w/y /kept");
    runForText(wanted);
    assertThat(names(root)).contains("kept").doesNotContain("t", "w");
    assertThat(names(root.resolve("etc"))).containsExactly("group", "passwd");
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void withoutANetworkThereIsOnlyTheLoopback() throws Exception {
    var wanted = shell("ip -o link | wc -l; ip -o addr | grep -c 127.0.0.1");
    wanted.network = ContainerProcess.Network.NONE;
    assertThat(runForText(wanted)).isEqualTo("1\n1\n");
  }

  @Test
  void hostsAndNameAreTheSandboxs() throws Exception {
    assertThat(runForText(shell("hostname; cat /etc/hosts; touch /etc/hosts || echo fixed")))
        .isEqualTo(
            """
            buildkitsandbox
            127.0.0.1\tlocalhost buildkitsandbox
            ::1\tlocalhost ip6-localhost ip6-loopback
            10.9.8.7\tthere
            fixed
            """);
  }

  @Test
  void limitsAreSet() throws Exception {
    var wanted = shell("ulimit -n; ulimit -Hn");
    wanted.limits = List.of(new ContainerProcess.ResourceLimit("nofile", 100, 200));
    assertThat(runForText(wanted)).isEqualTo("100\n200\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void anInterruptKillsTheContainerAndLeavesNothing(String runtime) throws Exception {
    var started = new CountDownLatch(1);
    var ended = new AtomicReference<>("not at all");
    try (var executor = open(runtime)) {
      var wanted = shell("echo up; sleep 90127731 & sleep 90127732");
      var thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  int status = executor.run(wanted.process(), (_, _) -> started.countDown());
                  ended.set("with " + status);
                } catch (InterruptedException _) {
                  ended.set("interrupted");
                } catch (IOException e) {
                  ended.set(e.toString());
                }
              });
      started.await();
      thread.interrupt();
      thread.join();
    }
    assertThat(ended).hasValue("interrupted");
    assertThat(commandLines()).noneMatch(line -> line.contains("sleep\u00009012773"));
    assertThat(folder.resolve("executor/containers")).isEmptyDirectory();
    // Runtimes may keep a cache there, under a hidden name.
    assertThat(names(folder.resolve("executor/runtime").resolve(runtime)))
        .allMatch(name -> name.startsWith("."));
  }

  private static List<String> commandLines() throws IOException {
    var lines = new ArrayList<String>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        try {
          lines.add(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
        } catch (IOException _) {
          // It has just ended.
        }
      }
    }
    return lines;
  }

  @Test
  void closingTheExecutorEndsWhatRuns() throws Exception {
    var started = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var executor = open("");
    Thread.ofVirtual()
        .start(() -> {
          try {
            executor.run(shell("echo up; sleep 1000").process(), (_, _) -> started.countDown());
          } catch (InterruptedException | IOException _) {
            ended.countDown();
          }
        });
    started.await();
    executor.close();
    ended.await();
    assertThatThrownBy(() -> run(executor, shell("true"))).isInstanceOf(InterruptedException.class);
  }

  @Test
  void aRuntimeThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> open("no-such-runtime"))
        .hasMessage("failed to find no-such-runtime binary: install runc or crun");
  }
}
