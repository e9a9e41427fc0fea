package org.jbuildkit.systemtests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Debian's {@code docker-registry}, run with its store in a folder. */
final class RegistryProgram implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final String SECRET =
      "user:$2b$04$kLYIytVGaQFyY5yh8spcIO..T.3I2pXR//7zrqZNHwERQ.Eo1KT8C\n";

  private final Path folder;
  private final int port;
  private final Process process;

  private RegistryProgram(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param asksNames whether it takes only {@code user} with {@code secret}
   */
  static RegistryProgram start(Path folder, boolean asksNames)
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROGRAM), "docker-registry is not installed");
    Files.createDirectories(folder);
    int port = freePort();
    var passwords = Files.writeString(folder.resolve("htpasswd"), SECRET);
    var config =
        """
        version: 0.1
        log: {level: error}
        storage: {filesystem: {rootdirectory: %s}}
        http: {addr: "127.0.0.1:%d"}
        """
            .formatted(folder.resolve("registry"), port);
    var auth = "auth: {htpasswd: {realm: test, path: %s}}\n".formatted(passwords);
    var file = Files.writeString(folder.resolve("config.yml"), asksNames ? config + auth : config);
    var process =
        new ProcessBuilder(PROGRAM.toString(), "serve", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    var registry = new RegistryProgram(folder, port, process);
    for (int i = 0; i < 100 && process.isAlive(); i++) {
      if (registry.answers()) {
        return registry;
      }
      Thread.sleep(50);
    }
    registry.close();
    throw new IOException(registry.log());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() {
    try {
      var url = URI.create("http://" + host() + "/v2/").toURL();
      return ((HttpURLConnection) url.openConnection()).getResponseCode() > 0;
    } catch (IOException _) {
      return false;
    }
  }

  /** What it was asked, a line a request. */
  String log() throws IOException {
    return Files.readString(folder.resolve("registry.log"));
  }

  String host() {
    return "127.0.0.1:" + port;
  }

  /** A folder with a Docker configuration that logs in here. */
  Path login() throws IOException {
    var secret =
        Base64.getEncoder()
            .encodeToString("user:secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    var config = Files.createDirectories(folder.resolve("docker"));
    Files.writeString(
        config.resolve("config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host(), secret));
    return config;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
