package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.engine.exec.ProcessOutput;
import org.jbuildkit.engine.exec.StepUsage;
import org.jbuildkit.executor.network.NetworkOptions;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holes that programs of this kind have had: each test attacks as it was done there. */
class StepSecurityTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir Path folder;
  private Path root = Path.of("/");
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private Optional<StepUsage> usage = Optional.empty();

  @BeforeEach
  void makeRoot() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "containers need root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("bin"));
    Files.createDirectories(root.resolve("etc"));
    Files.copy(BUSYBOX, root.resolve("bin/sh"));
    assertThat(root.resolve("bin/sh").toFile().setExecutable(true, false)).isTrue();
  }

  private ContainerProcess process(String user, Optional<LinuxResources> resources, String script) {
    return process(List.of("PATH=/bin", "GIVEN=yes"), user, resources, script);
  }

  private ContainerProcess process(
      List<String> env, String user, Optional<LinuxResources> resources, String script) {
    return new ContainerProcess(
        List.of("/bin/sh", "-c", script),
        env,
        "/",
        user,
        "",
        root,
        false,
        List.of(),
        ContainerProcess.Network.DEFAULT,
        ContainerProcess.Security.SANDBOX,
        List.of(),
        List.of(),
        "",
        resources,
        List.of(),
        true);
  }

  private int run(ContainerProcess process) throws IOException, InterruptedException {
    try (var executor =
        OciExecutor.open(
            new ExecutorOptions(
                folder.resolve("executor"),
                "",
                "",
                NetworkOptions.simple(NetworkOptions.Mode.HOST, folder.resolve("net")),
                "",
                "",
                false,
                new org.jbuildkit.executor.device.DeviceRegistry(List.of(), java.util.Set.of()),
                DnsOptions.HOST,
                Optional.empty()))) {
      return executor.run(
          process,
          new ProcessOutput() {
            @Override
            public void write(int stream, byte[] data) {
              synchronized (output) {
                output.writeBytes(data);
              }
            }

            @Override
            public void used(StepUsage measured) {
              usage = Optional.of(measured);
            }
          });
    }
  }

  private String text() {
    return output.toString(StandardCharsets.UTF_8);
  }

  /** CVE-2021-3602: the daemon's environment leaked into steps. */
  @Test
  void aStepsEnvironmentHasNothingOfTheDaemons() throws Exception {
    assertThat(System.getenv()).isNotEmpty();
    assertThat(run(process("", Optional.empty(), "env"))).isZero();
    assertThat(text().lines())
        .contains("GIVEN=yes")
        .allMatch(line -> line.matches("(PATH=/bin|GIVEN=yes|HOME=.*|PWD=/|SHLVL=[0-9])"));
  }

  /** CVE-2026-53488: what an image puts into a variable is data. */
  @Test
  void whatStandsInAVariableMakesNoOther() throws Exception {
    var hostile = "X=$(echo run)\nADDED=yes\n--privileged";
    var script = "echo \"[$ADDED]\"; echo \"$X\"";
    assertThat(run(process(List.of("PATH=/bin", hostile), "", Optional.empty(), script))).isZero();
    assertThat(text()).isEqualTo("[]\n" + hostile.substring(2) + "\n");
  }

  /** CVE-2022-27651, CVE-2022-2990: inheritable capabilities; the primary group was missing. */
  @Test
  void nothingIsInheritableAndThePrimaryGroupIsAmongTheGroups() throws Exception {
    var script = "grep -E '^(CapInh|CapAmb|Groups)' /proc/self/status";
    assertThat(run(process("7:8", Optional.empty(), script))).isZero();
    assertThat(text())
        .contains("CapInh:\t0000000000000000", "CapAmb:\t0000000000000000")
        .containsPattern("Groups:\t8 ?\n");
  }

  /** runc CVE-2024-21626: a descriptor of the host's was open in the container. */
  @Test
  void aStepHasNoDescriptorButItsStreams() throws Exception {
    try (var open = new RandomAccessFile("/etc/passwd", "r")) {
      assertThat(open.getFD().valid()).isTrue();
      assertThat(run(process("", Optional.empty(), "echo /proc/$$/fd/*"))).isZero();
    }
    assertThat(List.of(text().strip().split(" ", -1)))
        .allMatch(name -> name.matches("/proc/[0-9]+/fd/([0-2]|3|10)"))
        .hasSizeLessThanOrEqualTo(4);
  }

  /** CVE-2024-40635: ids overflowed to root. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4294967296",
        "4294967296:0",
        "-1",
        "2147483648",
        "99999999999999999999",
        "0:4294967296",
        "18446744073709551616:0"
      })
  void idsThatAreTooLargeAreRefused(String user) {
    assertThatThrownBy(() -> run(process(user, Optional.empty(), "id")))
        .isInstanceOf(BuildException.class)
        .hasMessageMatching("(uids and gids must be in range 0-2147483647|unable to find .*)");
    assertThat(text()).isEmpty();
  }

  @Test
  void idsOverThirtyOneBitsInNumbersAreRefusedByTheRuntime() throws Exception {
    assertThat(run(process("4294967295:0", Optional.empty(), "echo ran"))).isNotZero();
    assertThat(text()).doesNotContain("ran\n");
  }

  /** GHSA-72x6-4j93-7w86: a huge list of users exhausted memory. */
  @ParameterizedTest
  @ValueSource(strings = {"passwd", "group"})
  void hugeDatabasesAreRefused(String name) throws Exception {
    try (var file = new RandomAccessFile(root.resolve("etc/" + name).toFile(), "rw")) {
      file.setLength(8L << 30);
    }
    assertThatThrownBy(() -> run(process("ann", Optional.empty(), "id")))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("larger than 10 MiB");
  }

  @Test
  void databasesThatAreNoFilesAreNotRead() throws Exception {
    var fifo = root.resolve("etc/passwd");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Files.createSymbolicLink(root.resolve("etc/group"), Path.of("/proc/self/environ"));
    try (var dir = Dir.open(root);
        var filled = new RandomAccessFile(fifo.toFile(), "rw")) {
      filled.write("ann:x:7:7:::\n".getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> ContainerUser.find(dir, "ann"))
          .hasMessageContaining("no matching entries in passwd file");
    }
  }

  /** CVE-2024-23652: removing what was only mounted on deleted files of the host. */
  @Test
  void whatAStepPutsInAStubsWayIsNotFollowed() throws Exception {
    var outside = Files.createDirectories(folder.resolve("outside"));
    var file = Files.createFile(outside.resolve("b"));
    var empty = Files.createDirectories(outside.resolve("c"));
    var mounts =
        List.<ContainerMount>of(
            new ContainerMount.Tmpfs("/a/b", 0), new ContainerMount.Tmpfs("/a/c", 0));
    try (var dir = Dir.open(root)) {
      var stubs = MountStubs.before(dir, mounts, true);
      Files.createSymbolicLink(root.resolve("a"), outside);
      stubs.remove();
    }
    assertThat(file).exists();
    assertThat(empty).exists();
    assertThat(Files.isSymbolicLink(root.resolve("a"))).isTrue();
  }

  /** CVE-2026-41579: where an image's /dev is a link, runc of before wrote to where it leads. */
  @Test
  void aLinkInThePlaceOfDevLeadsNowhere() throws Exception {
    var outside = Files.createDirectories(folder.resolve("outside"));
    var file = Files.createFile(outside.resolve("ptmx"));
    Files.createSymbolicLink(root.resolve("dev"), outside);
    assertThatThrownBy(() -> run(process("", Optional.empty(), "echo ran")))
        .isInstanceOf(BuildException.class)
        .hasMessage("/dev is a link in the root of the process");
    assertThat(file).isRegularFile();
    assertThat(outside.toFile().list()).containsExactly("ptmx");
  }

  @Test
  void aStepThatTakesTooMuchMemorySaysSo() throws Exception {
    var limits = LinuxResources.newBuilder().setMemory(8 << 20).setMemorySwap(8 << 20).build();
    var script = "dd if=/dev/zero of=/dev/null bs=64M count=1";
    assertThat(run(process("", Optional.of(limits), script))).isNotZero();
    assertThat(usage.orElseThrow().ranOutOfMemory()).as(text()).isTrue();
  }
}
