package org.jbuildkit.systemtests;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A distribution in a folder of its own: the repository's launchers, over the classes under test.
 * Everything that programs keep is below the folder, too.
 */
final class Launchers {
  private static final int SECONDS = 120;

  private final Path folder;
  private final Path home;
  private final Map<String, String> variables = new LinkedHashMap<>();

  private Launchers(Path folder) {
    this.folder = folder;
    this.home = folder.resolve("home");
    variables.put("BUILDX_CONFIG", folder.resolve("config").toString());
    variables.put("DOCKER_CONFIG", folder.resolve("docker").toString());
    variables.put("JBUILDKIT_ROOT", folder.resolve("roots").toString());
    variables.put("JBUILDKIT_JAVA_HOME", System.getProperty("java.home"));
    variables.put("XDG_RUNTIME_DIR", "");
    variables.put("BUILDKIT_PROGRESS", "plain");
  }

  static Launchers in(Path folder) throws IOException {
    var launchers = new Launchers(folder);
    var repository = Path.of("..").toRealPath();
    var bin = Files.createDirectories(launchers.home.resolve("bin"));
    for (var name : List.of("buildkitd", "buildctl", "buildx")) {
      Files.copy(
          repository.resolve("bin").resolve(name),
          bin.resolve(name),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    var out = Files.createDirectories(launchers.home.resolve("dist/target/jbuildkit/lib"));
    Files.copy(repository.resolve("dist/jvm.sh"), launchers.home.resolve("dist/jvm.sh"));
    Files.createFile(out.resolveSibling("complete"));
    for (var room : List.of("daemon", "buildctl", "buildx")) {
      jar(out.resolve("jbuildkit-" + room + "-0.1.0-SNAPSHOT.jar"));
    }
    return launchers;
  }

  /** A jar that holds nothing, and names the tests' class path. */
  private static void jar(Path file) throws IOException {
    var entries = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toUri().toString());
    }
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", entries));
    try (var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      out.finish();
    }
  }

  /** Sets a variable for programs started from now on. */
  Launchers with(String name, String value) {
    variables.put(name, value);
    return this;
  }

  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /** The folder of the daemon that a builder's node has. */
  Path root(String node) {
    return folder.resolve("roots").resolve(node);
  }

  /** How a program ended. */
  record Ended(int status, String out, String err) {}

  /** A program that runs. */
  static final class Running {
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(Process process, Path out, Path err) {
      this.process = process;
      this.out = out;
      this.err = err;
    }

    /** What it has written to standard error so far. */
    String err() throws IOException {
      return Files.readString(err);
    }

    /** Sends it the signal that asks for an end. */
    void terminate() {
      process.destroy();
    }

    Ended await() throws IOException, InterruptedException {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("did not end: " + Files.readString(err));
      }
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }

  Running start(Path directory, List<String> command) throws IOException {
    var out = Files.createTempFile(folder, "out", ".log");
    var err = Files.createTempFile(folder, "err", ".log");
    var builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DOCKER_"));
    builder.environment().putAll(variables);
    return new Running(builder.start(), out, err);
  }

  Ended run(Path directory, String... command) throws IOException, InterruptedException {
    return start(directory, List.of(command)).await();
  }

  Ended buildx(String... arguments) throws IOException, InterruptedException {
    return startBuildx(arguments).await();
  }

  Running startBuildx(String... arguments) throws IOException {
    var command = new ArrayList<String>(List.of(program("buildx").toString()));
    command.addAll(List.of(arguments));
    return start(folder, command);
  }
}
