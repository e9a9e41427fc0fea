package org.jbuildkit.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.executor.network.NetworkOptions;
import org.jbuildkit.linux.NetworkDevice;
import org.jbuildkit.linux.ProcessCalls;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of real containers, made by the machine's CNI plug-ins. */
class NetworkTest {
  private static final Path PLUGINS = Path.of("/usr/lib/cni");
  private static final String DEVICE = "jbktest0";
  private static final String SUBNET = "10.211.0.0/24";

  @TempDir Path folder;
  private Path root = Path.of("/");
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();

  @BeforeEach
  void makeRoot() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "containers need root");
    var busybox = Path.of("/bin/busybox");
    assumeTrue(Files.isExecutable(busybox), "busybox-static is not installed");
    assumeTrue(
        Files.isExecutable(PLUGINS.resolve("bridge")), "containernetworking-plugins are missing");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/iptables")), "iptables is missing");
    root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("bin"));
    Files.createDirectories(root.resolve("etc"));
    Files.copy(busybox, root.resolve("bin/sh"));
    assertThat(root.resolve("bin/sh").toFile().setExecutable(true, false)).isTrue();
  }

  private NetworkOptions options(NetworkOptions.Mode mode, Path config, int pool) {
    return new NetworkOptions(
        mode,
        folder.resolve("net"),
        config,
        PLUGINS,
        pool,
        DEVICE,
        SUBNET,
        List.of(),
        Optional.of(folder.resolve("lock")));
  }

  private OciExecutor open(NetworkOptions network) throws IOException, InterruptedException {
    return OciExecutor.open(
        new ExecutorOptions(
            folder.resolve("executor"),
            "",
            "",
            network,
            "",
            "",
            false,
            new org.jbuildkit.executor.device.DeviceRegistry(List.of(), java.util.Set.of()),
            DnsOptions.HOST,
            Optional.empty()));
  }

  private String run(
      OciExecutor executor, ContainerProcess.Network network, String hostname, String script)
      throws IOException, InterruptedException {
    stdout.reset();
    var process =
        new ContainerProcess(
            List.of("/bin/sh", "-c", script),
            List.of("PATH=/bin"),
            "/",
            "",
            hostname,
            root,
            false,
            List.of(),
            network,
            ContainerProcess.Security.SANDBOX,
            List.of(),
            List.of(),
            "",
            Optional.empty(),
            List.of(),
            true);
    int status = executor.run(process, (_, data) -> stdout.writeBytes(data));
    var text = stdout.toString(StandardCharsets.UTF_8);
    assertThat(status).as(text).isZero();
    return text;
  }

  private static String command(String... words) throws IOException, InterruptedException {
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }

  @Test
  void stepsBehindTheBridgeReachTheHostAndAreMasqueraded() throws Exception {
    var file = folder.resolve("none.json");
    try (var executor = open(options(NetworkOptions.Mode.BRIDGE, file, 1));
        var server = new ServerSocket(0, 5, InetAddress.getByName("0.0.0.0"))) {
      Thread.ofVirtual().start(() -> greet(server));
      assertThat(executor.networkName()).isEqualTo("cni");
      var seen =
          run(
              executor,
              ContainerProcess.Network.DEFAULT,
              "",
              "ip -4 addr show eth0; ip -4 addr"
                  + " show lo; nc 10.211.0.1 "
                  + server.getLocalPort()
                  + " </dev/null");
      assertThat(seen).contains("10.211.0.", "127.0.0.1/8", "hello from the host");
      assertThat(command("iptables", "-t", "nat", "-S")).contains("10.211.0.", "MASQUERADE");
      assertThat(new NetworkDevice(DEVICE).exists()).isTrue();
    }
    assertThat(folder.resolve("net/cni")).isEmptyDirectory();
    assertThat(new NetworkDevice(DEVICE).exists()).isFalse();
  }

  private static void greet(ServerSocket server) {
    try (var connection = server.accept()) {
      connection.getOutputStream().write("hello from the host\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // The test has ended.
    }
  }

  @Test
  void aStepWithoutNetworkSeesOnlyItsLoopback() throws Exception {
    var file = folder.resolve("none.json");
    try (var executor = open(options(NetworkOptions.Mode.BRIDGE, file, 0))) {
      assertThat(run(executor, ContainerProcess.Network.NONE, "", "ls /sys/class/net").strip())
          .isEqualTo("lo");
      assertThat(run(executor, ContainerProcess.Network.HOST, "", "ls /sys/class/net"))
          .contains(DEVICE);
    }
  }

  private Path conflist() throws IOException {
    return Files.writeString(
        folder.resolve("cni.conflist"),
        """
        {"cniVersion": "0.4.0", "name": "test", "plugins": [
          {"type": "bridge", "bridge": "jbktest0", "isGateway": true, "ipMasq": true, "ipam":
            {"type": "host-local", "dataDir": "%s", "subnet": "10.211.0.0/24"}},
          {"type": "tuning", "mtu": 1234}]}
        """
            .formatted(folder.resolve("addresses")));
  }

  private void removeBridge() throws IOException {
    new NetworkDevice(DEVICE).removeBridge();
  }

  @Test
  void chainedPluginsHearOfEachOtherAndAddressesComeBack() throws Exception {
    try (var executor = open(options(NetworkOptions.Mode.CNI, conflist(), 0))) {
      for (int i = 0; i < 3; i++) {
        assertThat(run(executor, ContainerProcess.Network.DEFAULT, "", "ip -4 addr show eth0"))
            .contains("mtu 1234", "10.211.0.");
      }
      var during =
          run(executor, ContainerProcess.Network.DEFAULT, "", "cat /etc/resolv.conf; hostname");
      assertThat(during).endsWith("buildkitsandbox\n");
      assertThat(command("iptables", "-t", "nat", "-S")).doesNotContain("10.211.0.");
      try (var left = Files.list(folder.resolve("addresses/test"))) {
        assertThat(left.map(file -> file.getFileName().toString()))
            .allMatch(name -> name.equals("lock") || name.startsWith("last_reserved"));
      }
    } finally {
      removeBridge();
    }
  }

  @Test
  void aPoolsNamespaceServesOneStepAfterAnotherButNoneWithAHostname() throws Exception {
    try (var executor = open(options(NetworkOptions.Mode.CNI, conflist(), 1))) {
      var own = "readlink /proc/self/ns/net; ip -4 addr show eth0";
      var first = run(executor, ContainerProcess.Network.DEFAULT, "", own);
      assertThat(run(executor, ContainerProcess.Network.DEFAULT, "", own)).isEqualTo(first);
      assertThat(run(executor, ContainerProcess.Network.DEFAULT, "myhost", own))
          .isNotEqualTo(first);
      try (var files = Files.list(folder.resolve("net/cni"))) {
        assertThat(files).hasSizeBetween(1, 2); // the first step may have come before the pool
      }
    } finally {
      removeBridge();
    }
    assertThat(folder.resolve("net/cni")).isEmptyDirectory();
  }

  @Test
  void namespacesOfADeadDaemonGoAtTheNextStart() throws Exception {
    var options = options(NetworkOptions.Mode.CNI, conflist(), 2);
    try {
      var dead = open(options);
      run(dead, ContainerProcess.Network.DEFAULT, "", "true");
      try (var next = open(options(NetworkOptions.Mode.CNI, conflist(), 0))) {
        assertThat(folder.resolve("net/cni")).isEmptyDirectory();
        run(next, ContainerProcess.Network.DEFAULT, "", "true");
      }
      dead.close();
    } finally {
      removeBridge();
    }
  }

  @Test
  void whatIsMissingOrBrokenFailsTheStart() throws IOException {
    var missing = folder.resolve("missing.json");
    assertThatThrownBy(() -> open(options(NetworkOptions.Mode.CNI, missing, 0)))
        .hasMessage("failed to read cni config \"" + missing + "\"");
    var broken =
        Files.writeString(
            folder.resolve("b.json"),
            "{\"cniVersion\": \"0.4.0\", \"name\": \"x\", \"type\": \"nothere\"}");
    assertThatThrownBy(() -> open(options(NetworkOptions.Mode.CNI, broken, 0)))
        .hasMessage("CNI setup error: failed to find plugin \"nothere\" in path [" + PLUGINS + "]");
    var wrong =
        Files.writeString(
            folder.resolve("w.json"),
            "{\"cniVersion\": \"0.4.0\", \"name\": \"x\", \"type\": \"bridge\", \"ipam\": 7}");
    assertThatThrownBy(() -> open(options(NetworkOptions.Mode.CNI, wrong, 0)))
        .hasMessageStartingWith("CNI setup error: plugin type=\"bridge\" failed (add): ");
  }
}
