package org.jbuildkit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Docker's client for builds as one of Debian's suites has it, with a configuration of its own. */
final class UpstreamBuildx {
  private static final Path PEERS = Path.of("../build/peers").toAbsolutePath().normalize();
  private static final int SECONDS = 120;

  private final Path folder;
  private final List<String> program;
  private final Map<String, String> environment = new LinkedHashMap<>();

  private UpstreamBuildx(Path folder, List<String> program) {
    this.folder = folder;
    this.program = program;
    environment.put("BUILDX_CONFIG", folder.resolve("config").toString());
    environment.put("BUILDX_EXPERIMENTAL", "1");
    environment.put("HOME", folder.toString());
  }

  private static Path plugin(String suite) {
    var plugin = PEERS.resolve(suite).resolve("usr/libexec/docker/cli-plugins/docker-buildx");
    assumeTrue(
        Files.isExecutable(plugin), "no docker-buildx of " + suite + ": run system-tests/peers.sh");
    return plugin;
  }

  /** The program by itself; what it keeps is below {@code folder}. */
  static UpstreamBuildx of(String suite, Path folder) {
    return new UpstreamBuildx(folder, List.of(plugin(suite).toString()));
  }

  /** The program as Docker's command line starts it. */
  static UpstreamBuildx asPlugin(String suite, Path folder) throws IOException {
    var docker = PEERS.resolve("sid/usr/bin/docker");
    assumeTrue(Files.isExecutable(docker), "no docker: run system-tests/peers.sh");
    var plugins = Files.createDirectories(folder.resolve("docker/cli-plugins"));
    Files.createSymbolicLink(plugins.resolve("docker-buildx"), plugin(suite));
    var buildx = new UpstreamBuildx(folder, List.of(docker.toString(), "buildx"));
    return buildx.with("DOCKER_CONFIG", folder.resolve("docker").toString());
  }

  /** Sets a variable for calls from now on. */
  UpstreamBuildx with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Makes the daemon at an address the builder in use. */
  UpstreamBuildx using(String address) throws IOException, InterruptedException {
    run("create", "--use", "--name=ours", "--driver=remote", address);
    return this;
  }

  /** How a call ended. */
  record Ended(int status, String out, String err) {}

  /** Runs it in the folder; what it prints is the result. */
  String run(String... words) throws IOException, InterruptedException {
    var ended = call(words);
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    return ended.out();
  }

  /** Runs it in the folder to whatever end. */
  Ended call(String... words) throws IOException, InterruptedException {
    return callWithInput(Path.of("/dev/null"), words);
  }

  /** Runs it in the folder to whatever end, with a file as its standard input. */
  Ended callWithInput(Path input, String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(program);
    command.addAll(List.of(words));
    var out = Files.createTempFile(folder, "buildx", ".out");
    var err = Files.createTempFile(folder, "buildx", ".err");
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DOCKER_"));
    builder.environment().putAll(environment);
    var process = builder.start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("did not end: " + command + ": " + Files.readString(err));
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
