package org.jbuildkit.oci.registry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's {@code docker-registry}, run with its store in a folder. */
final class DebianRegistry implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final String SECRET =
      "user:$2b$04$kLYIytVGaQFyY5yh8spcIO..T.3I2pXR//7zrqZNHwERQ.Eo1KT8C\n";

  private final int port;
  private final Process process;

  private DebianRegistry(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param asksNames whether it takes only {@code user} with {@code secret}
   */
  static DebianRegistry start(Path folder, boolean asksNames)
      throws IOException, InterruptedException {
    return start(
        folder,
        asksNames
            ? "auth: {htpasswd: {realm: test, path: %s}}\n"
                .formatted(Files.writeString(folder.resolve("htpasswd"), SECRET))
            : "",
        "");
  }

  /** Starts it with TLS; {@code tls.crt} in the folder is its certificate. */
  static DebianRegistry startWithTls(Path folder) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    var certificate = folder.resolve("tls.crt");
    var key = folder.resolve("tls.key");
    var openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=test",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    if (openssl.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("openssl.log")));
    }
    return start(folder, "", ", tls: {certificate: %s, key: %s}".formatted(certificate, key));
  }

  private static DebianRegistry start(Path folder, String more, String http)
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROGRAM), "docker-registry is not installed");
    int port = freePort();
    var config =
        """
        version: 0.1
        log: {level: error, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: %s}}
        http: {addr: "127.0.0.1:%d"%s}
        """
            .formatted(folder.resolve("registry"), port, http);
    var file = Files.writeString(folder.resolve("config.yml"), config + more);
    var process =
        new ProcessBuilder(PROGRAM.toString(), "serve", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    var registry = new DebianRegistry(port, process);
    for (int i = 0; i < 100 && process.isAlive(); i++) {
      if (registry.answers()) {
        return registry;
      }
      Thread.sleep(50);
    }
    registry.close();
    throw new IOException(Files.readString(folder.resolve("registry.log")));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  String authority() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
