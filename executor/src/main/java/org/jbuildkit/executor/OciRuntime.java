package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.Json;
import org.jbuildkit.linux.PseudoTerminal;

/**
 * An OCI runtime as a program.
 *
 * @param program absolute path
 * @param state where it keeps what it knows of running containers; a folder of our own
 * @param prefix words in front of the program where it makes containers
 */
public record OciRuntime(Path program, Path state, List<String> prefix) {
  private static final int MAX_STATE = 1 << 20;
  private static final List<String> CANDIDATES = List.of("buildkit-runc", "runc", "crun");
  private static final List<String> FOLDERS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  /**
   * Finds the runtime.
   *
   * @param wanted a name or path; empty for the first of buildkit-runc, runc and crun
   * @param searchPath folders separated by colons, looked at before the usual ones
   * @throws IOException {@code failed to find runc binary}
   */
  public static OciRuntime find(String wanted, String searchPath, Path state) throws IOException {
    var names = wanted.isEmpty() ? CANDIDATES : List.of(wanted);
    var folders = new ArrayList<>(List.of(searchPath.split(":", -1)));
    folders.removeIf(String::isEmpty);
    folders.addAll(FOLDERS);
    for (var name : names) {
      for (var folder : folders) {
        var program = Path.of(folder).resolve(name).toAbsolutePath();
        if (Files.isExecutable(program) && Files.isRegularFile(program)) {
          return new OciRuntime(program, state, RootMount.prefix());
        }
      }
    }
    throw new IOException(
        "failed to find " + (wanted.isEmpty() ? "runc" : wanted) + " binary: install runc or crun");
  }

  /** Whether a container can outlive its process, so that it can be looked at then. */
  boolean canKeep() {
    return isRunc();
  }

  private boolean isRunc() {
    return program.getFileName().toString().contains("runc");
  }

  /**
   * Starts the container of a bundle; the process ends with the container's status.
   *
   * @param keeps whether the container's control group stays until it is deleted
   */
  Process run(Path bundle, String id, boolean keeps) throws IOException {
    var words = logWords(bundle);
    words.add("run");
    if (keeps) {
      words.add("--keep");
    }
    words.addAll(List.of("--bundle", bundle.toString(), id));
    return builder(prefix, words)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .start();
  }

  private ArrayList<String> logWords(Path bundle) {
    var words = new ArrayList<String>();
    if (isRunc()) {
      // Without a log of its own runc mixes structured lines into the process's output.
      words.addAll(List.of("--log", bundle.resolve("log.json").toString()));
      words.addAll(List.of("--log-format", "json"));
    }
    return words;
  }

  /** As {@link #run}, for a container whose process is talked to. */
  OciProcess start(Path bundle, String id, boolean hasTerminal) throws IOException {
    var idFile = bundle.resolve("main.pid");
    var words = logWords(bundle);
    words.addAll(
        List.of("run", "--pid-file", idFile.toString(), "--bundle", bundle.toString(), id));
    return started(words, idFile, hasTerminal);
  }

  /**
   * Starts one more process in a container that runs.
   *
   * @param name of its document in the bundle, without {@code .json}
   */
  OciProcess add(Path bundle, String id, String name, boolean hasTerminal) throws IOException {
    var words = logWords(bundle);
    var document = bundle.resolve(name + ".json");
    var idFile = bundle.resolve(name + ".pid");
    words.addAll(
        List.of("exec", "--process", document.toString(), "--pid-file", idFile.toString(), id));
    return started(words, idFile, hasTerminal);
  }

  private OciProcess started(List<String> words, Path idFile, boolean hasTerminal)
      throws IOException {
    if (!hasTerminal) {
      return new OciProcess(builder(prefix, words).start(), idFile, Optional.empty());
    }
    var terminal = PseudoTerminal.open();
    try {
      // Opened by another process: a daemon that leads a session would get it as its own terminal.
      var wrapper = new ArrayList<>(prefix);
      var script = "exec \"$@\" <>\"$0\" >&0 2>&0";
      wrapper.addAll(List.of("sh", "-c", script, terminal.path().toString()));
      var process = builder(wrapper, words).start();
      return new OciProcess(process, idFile, Optional.of(terminal));
    } catch (IOException | RuntimeException e) {
      terminal.close();
      throw e;
    }
  }

  /** Whether a container's first process has been started and has not ended. */
  boolean isRunning(String id) throws IOException, InterruptedException {
    var process =
        builder(List.of(), List.of("state", id))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    try {
      var text = process.getInputStream().readNBytes(MAX_STATE);
      return process.waitFor() == 0 && Json.parseObject(text).text("status").equals("running");
    } catch (IllegalArgumentException _) {
      return false;
    } finally {
      process.destroyForcibly();
    }
  }

  private ProcessBuilder builder(List<String> prefix, List<String> words) {
    var command = new ArrayList<>(prefix);
    command.addAll(List.of(program.toString(), "--root", state.toString()));
    command.addAll(words);
    var builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    return builder;
  }

  /** Kills the container's processes; false if the runtime could not. */
  boolean kill(String id) throws IOException, InterruptedException {
    return call(List.of("kill", id, "KILL"));
  }

  /** Removes what is left of a container, killing it first. */
  boolean delete(String id) throws IOException, InterruptedException {
    return call(List.of("delete", "--force", id));
  }

  private boolean call(List<String> words) throws IOException, InterruptedException {
    var process =
        builder(List.of(), words)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }

  /** Ends containers that an earlier daemon on this root left behind. */
  void sweep() throws IOException, InterruptedException {
    if (!Files.isDirectory(state)) {
      return;
    }
    try (var containers = Files.newDirectoryStream(state)) {
      for (var container : containers) {
        var name = container.getFileName().toString();
        // Hidden names are the runtime's own affairs.
        if (Files.isDirectory(container) && !name.startsWith(".")) {
          var _ = delete(name);
        }
      }
    }
  }
}
