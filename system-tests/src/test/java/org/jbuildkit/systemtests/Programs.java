package org.jbuildkit.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A daemon of ours as a process, and clients of ours against it. */
final class Programs implements AutoCloseable {
  private static final int START_SECONDS = 60;
  private static final int BUILD_SECONDS = 120;

  private final Path folder;
  private final Process daemon;

  private Programs(Path folder, Process daemon) {
    this.folder = folder;
    this.daemon = daemon;
  }

  /** Starts a daemon that keeps all it has below {@code folder}, and waits until it listens. */
  static Programs start(Path folder) throws IOException, InterruptedException {
    var daemon =
        java(
                "org.jbuildkit.daemon.Main",
                List.of(
                    "--root",
                    folder.resolve("root").toString(),
                    "--addr",
                    "unix://" + folder.resolve("bk.sock")))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("daemon.log").toFile())
            .start();
    var programs = new Programs(folder, daemon);
    for (int i = 0; i < START_SECONDS * 10 && daemon.isAlive(); i++) {
      if (Files.exists(folder.resolve("bk.sock"))) {
        return programs;
      }
      Thread.sleep(100);
    }
    programs.close();
    throw new IOException("the daemon did not start: " + programs.log());
  }

  Path root() {
    return folder.resolve("root");
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("daemon.log"));
  }

  boolean isAlive() {
    return daemon.isAlive();
  }

  private static ProcessBuilder java(String main, List<String> arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** How a client ended: its exit status and all that it wrote. */
  record Ended(int status, String output) {}

  /** Runs {@code buildctl} to its end. */
  Ended buildctl(Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    var output = Files.createTempFile(folder, "buildctl", ".log");
    var builder =
        java("org.jbuildkit.buildctl.Main", arguments)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().put("BUILDKIT_HOST", "unix://" + folder.resolve("bk.sock"));
    builder.environment().putAll(environment);
    var process = builder.start();
    if (!process.waitFor(BUILD_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("buildctl did not end: " + Files.readString(output));
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }

  /** Stops the daemon in order and waits for its end. */
  @Override
  public void close() throws InterruptedException {
    daemon.destroy();
    if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
      daemon.destroyForcibly();
    }
  }
}
