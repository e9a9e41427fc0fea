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
  static Programs start(Path folder, String... flags) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(List.of("--root", folder.resolve("root").toString()));
    arguments.addAll(List.of("--addr", "unix://" + folder.resolve("bk.sock")));
    arguments.addAll(List.of("--otel-socket-path", folder.resolve("otel.sock").toString()));
    arguments.addAll(List.of(flags));
    var daemon =
        java("org.jbuildkit.daemon.Main", arguments)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("daemon.log").toFile())
            .start();
    var programs = new Programs(folder, daemon);
    for (int i = 0; i < START_SECONDS * 10 && daemon.isAlive(); i++) {
      if (programs.log().contains("running server on")) {
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

  /** The command line of {@code buildctl} with these arguments. */
  List<String> command(List<String> arguments) {
    return java("org.jbuildkit.buildctl.Main", arguments).command();
  }

  /** How a client ended: its exit status and all that it wrote. */
  record Ended(int status, String output) {}

  /** A client at work. */
  record Running(Process process, Path output) {
    /** Waits until the client has written this. */
    void awaitOutput(String text) throws IOException, InterruptedException {
      for (int i = 0; i < BUILD_SECONDS * 20; i++) {
        if (Files.readString(output).contains(text)) {
          return;
        }
        Thread.sleep(50);
      }
      throw new IOException("no \"" + text + "\": " + Files.readString(output));
    }

    Ended await() throws IOException, InterruptedException {
      if (!process.waitFor(BUILD_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("buildctl did not end: " + Files.readString(output));
      }
      return new Ended(process.exitValue(), Files.readString(output));
    }
  }

  /** Starts {@code buildctl}. */
  Running start(Map<String, String> environment, List<String> arguments) throws IOException {
    var output = Files.createTempFile(folder, "buildctl", ".log");
    var builder =
        java("org.jbuildkit.buildctl.Main", arguments)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().put("BUILDKIT_HOST", "unix://" + folder.resolve("bk.sock"));
    builder.environment().putAll(environment);
    return new Running(builder.start(), output);
  }

  /** Runs {@code buildctl} to its end. */
  Ended buildctl(Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    return start(environment, arguments).await();
  }

  /** Tells the daemon to end: the first time, once its calls have ended. */
  void signal() {
    daemon.destroy();
  }

  void awaitLog(String text) throws IOException, InterruptedException {
    while (!log().contains(text)) {
      Thread.sleep(20);
    }
  }

  /** Ends the daemon as a crash would. */
  void kill() throws InterruptedException {
    daemon.destroyForcibly().waitFor();
  }

  /** Builds a context with its Dockerfile. */
  Ended build(Path context, String... more) throws IOException, InterruptedException {
    return startBuild(Map.of(), context, more).await();
  }

  /** Builds a context with its Dockerfile, the client having these variables too. */
  Ended build(Map<String, String> environment, Path context, String... more)
      throws IOException, InterruptedException {
    return startBuild(environment, context, more).await();
  }

  /** Starts to build a context with its Dockerfile. */
  Running startBuild(Path context, String... more) throws IOException {
    return startBuild(Map.of(), context, more);
  }

  private Running startBuild(Map<String, String> environment, Path context, String... more)
      throws IOException {
    var arguments =
        new ArrayList<>(
            List.of(
                "build",
                "--progress=plain",
                "--frontend",
                "dockerfile.v0",
                "--local",
                "context=" + context,
                "--local",
                "dockerfile=" + context));
    arguments.addAll(List.of(more));
    return start(environment, arguments);
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
