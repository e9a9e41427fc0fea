package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.executor.network.StepNetwork;
import org.jbuildkit.protocol.pb.LinuxResources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document against one that BuildKit wrote. */
class RuntimeDocumentTest {
  private static Json.Obj document(List<ContainerMount> mounts, Optional<LinuxResources> resources)
      throws IOException {
    var process =
        new ContainerProcess(
            List.of("/bin/sh"),
            List.of("A=b"),
            "/",
            "",
            "",
            Path.of("/r"),
            true,
            mounts,
            ContainerProcess.Network.DEFAULT,
            ContainerProcess.Security.SANDBOX,
            List.of(),
            List.of(),
            "",
            resources,
            List.of(),
            true);
    var document =
        new RuntimeDocument(
            "ID",
            process,
            new ContainerUser(0, 0, List.of(0L)),
            new StepNetwork.Host(),
            new RuntimeDocument.Host("", 1, List.of(), true, SecurityLabels.NONE),
            List.of(),
            List.of(),
            org.jbuildkit.executor.device.DeviceEdits.NONE,
            false);
    return Json.parseObject(document.bytes());
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',                 /buildkit/ID
          x.slice,            /x.slice/buildkit/ID
          user.slice:buildkit:, user.slice:buildkit:ID
          sys.slice:bk,       /sys.slice:bk/buildkit/ID
          a/../b,             /b/buildkit/ID
          ../../etc,          /etc/buildkit/ID
          """)
  void controlGroupsStayBelowTheirParent(String parent, String path) {
    assertThat(RuntimeDocument.cgroupsPath(parent, "ID")).isEqualTo(path);
  }

  @Test
  void aMountReplacesAnEarlierOneInItsPlace() throws IOException {
    var mounts =
        document(List.of(new ContainerMount.Tmpfs("/proc", 5)), Optional.empty()).array("mounts");
    assertThat(((Json.Obj) mounts.getFirst()).text("type")).isEqualTo("tmpfs");
    assertThat(mounts).hasSize(7);
  }

  @Test
  void resourcesAreThoseOfTheOp() throws IOException {
    var resources =
        LinuxResources.newBuilder()
            .setMemory(50000000)
            .setCpuShares(77)
            .setCpuQuota(50000)
            .setCpuPeriod(100000)
            .setCpusetCpus("0")
            .build();
    assertThat(
            document(List.of(), Optional.of(resources)).object("linux").object("resources").write())
        .isEqualTo(
            "{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}],\"memory\":{\"limit\":50000000},"
                + "\"cpu\":{\"shares\":77,\"quota\":50000,\"period\":100000,\"cpus\":\"0\"}}");
  }

  @Test
  void namespacesAndHiddenPathsAreBuildKits() throws IOException {
    var linux = document(List.of(), Optional.empty()).object("linux");
    assertThat(linux.get("namespaces").orElseThrow().write())
        .isEqualTo(
            "[{\"type\":\"pid\"},{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"mount\"}]");
    assertThat(linux.texts("maskedPaths"))
        .containsExactly(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/sys/firmware",
            "/sys/devices/virtual/powercap",
            "/proc/scsi");
    assertThat(linux.texts("readonlyPaths"))
        .containsExactly("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
  }
}
