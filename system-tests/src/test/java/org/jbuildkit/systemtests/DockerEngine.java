package org.jbuildkit.systemtests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Docker's engine of Debian's newest suite, unpacked, as a process; it carries BuildKit. */
final class DockerEngine implements AutoCloseable {
  static final Path PEERS = Path.of("../build/peers").toAbsolutePath().normalize();
  private static final Path ROOT = PEERS.resolve("sid/usr");
  private static final String BRIDGE = "docker0";
  private static final int START_SECONDS = 90;

  private final Process process;
  private final Path folder;

  private final boolean hasOwnBridge;

  private DockerEngine(Process process, Path folder, boolean hasOwnBridge) {
    this.process = process;
    this.folder = folder;
    this.hasOwnBridge = hasOwnBridge;
  }

  /**
   * Starts one that keeps all it has below {@code folder}; it does without a network of its own.
   */
  static DockerEngine start(Path folder) throws IOException, InterruptedException {
    return start(folder, false);
  }

  /** Starts one whose steps have a network that leads nowhere: some steps can't do without. */
  static DockerEngine startWithBridge(Path folder) throws IOException, InterruptedException {
    return start(folder, true);
  }

  private static DockerEngine start(Path folder, boolean hasBridge)
      throws IOException, InterruptedException {
    var program = ROOT.resolve("sbin/dockerd");
    assumeTrue(Files.isExecutable(program), "no Docker engine: run system-tests/peers.sh");
    Files.createDirectories(folder);
    var config =
        Files.writeString(
            folder.resolve("daemon.json"), "{\"features\":{\"containerd-snapshotter\":true}}");
    boolean hadBridge = NetworkInterface.getByName(BRIDGE) != null;
    var words =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--config-file=" + config,
                "--data-root=" + folder.resolve("data"),
                "--exec-root=" + folder.resolve("exec"),
                "--host=unix://" + folder.resolve("docker.sock"),
                "--pidfile=" + folder.resolve("pid"),
                "--iptables=false",
                "--ip6tables=false"));
    if (!hasBridge) {
      words.add("--bridge=none");
    }
    var builder = new ProcessBuilder(words);
    var path = ROOT.resolve("bin") + ":" + ROOT.resolve("sbin") + ":" + System.getenv("PATH");
    builder.environment().put("PATH", path);
    var process =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    var engine = new DockerEngine(process, folder, hasBridge && !hadBridge);
    for (int i = 0; i < START_SECONDS * 10 && process.isAlive(); i++) {
      if (engine.log().contains("API listen on")) {
        return engine;
      }
      Thread.sleep(100);
    }
    var log = engine.log();
    engine.close();
    assumeTrue(false, "the Docker engine does not start here: " + log);
    return engine;
  }

  private String log() throws IOException {
    var log = folder.resolve("log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** Docker's command line. */
  static Path client() {
    return ROOT.resolve("bin/docker");
  }

  String address() {
    return "unix://" + folder.resolve("docker.sock");
  }

  /** A call of Docker's client for builds. */
  static ProcessBuilder buildx(Path config, List<String> words) {
    var program = ROOT.resolve("libexec/docker/cli-plugins/docker-buildx");
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(words);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("BUILDX_CONFIG", config.toString());
    builder.environment().put("SOURCE_DATE_EPOCH", "1700000000");
    return builder;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
    if (hasOwnBridge && NetworkInterface.getByName(BRIDGE) != null) {
      var _ = new ProcessBuilder("ip", "link", "delete", BRIDGE).start().waitFor();
    }
  }
}
