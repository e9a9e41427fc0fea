package org.jbuildkit.client.connect;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.session.stream.ByteDuplex;

/** A program whose standard input and output carry a connection. */
final class HelperProcess {
  private static final int STDERR_BYTES = 4096;
  private static final int END_SECONDS = 3;

  private final List<String> command;
  private final Optional<Process> process;
  private final String startFailure;
  private final StringBuilder stderr = new StringBuilder();

  private HelperProcess(List<String> command, Optional<Process> process, String startFailure) {
    this.command = command;
    this.process = process;
    this.startFailure = startFailure;
  }

  /** Starts the program; one that does not start is told of by {@link #failure}. */
  static HelperProcess start(List<String> command) {
    var program = command.getFirst();
    if (find(program).isEmpty()) {
      return new HelperProcess(
          command,
          Optional.empty(),
          "transport: Error while dialing: exec: \""
              + program
              + "\": executable file not found in $PATH");
    }
    // In a session of its own it does not get the signals of our terminal: we may still need it.
    var started = new ArrayList<String>();
    find("setsid").ifPresent(path -> started.add(path.toString()));
    started.addAll(command);
    try {
      var helper = new HelperProcess(command, Optional.of(new ProcessBuilder(started).start()), "");
      helper.process.ifPresent(process -> {
        var _ = Thread.ofVirtual().name("helper-errors").start(() -> helper.collect(process));
      });
      return helper;
    } catch (IOException e) {
      return new HelperProcess(
          command, Optional.empty(), "transport: Error while dialing: " + e.getMessage());
    }
  }

  /** In place of a program where there is none to start. */
  static HelperProcess failed(String why) {
    return new HelperProcess(List.of(), Optional.empty(), why);
  }

  private static Optional<Path> find(String program) {
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      var file = Path.of(folder, program);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private void collect(Process process) {
    var buffer = new byte[1024];
    try (var errors = process.getErrorStream()) {
      for (int n = errors.read(buffer); n >= 0; n = errors.read(buffer)) {
        synchronized (stderr) {
          stderr.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
          stderr.delete(0, Math.max(0, stderr.length() - STDERR_BYTES));
        }
      }
    } catch (IOException _) {
      // The program has ended.
    }
  }

  /** The connection. */
  ByteDuplex streams() {
    return process
        .map(running ->
            ByteDuplex.of(running.getInputStream(), running.getOutputStream(), this::end))
        .orElseGet(() ->
            ByteDuplex.of(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), () -> {}));
  }

  /** Why there is no connection, if the program says so. */
  Optional<String> failure() {
    if (process.isEmpty()) {
      return Optional.of(startFailure);
    }
    try {
      if (!process.get().waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        return Optional.empty();
      }
      // What it wrote last may still be on its way here.
      Thread.sleep(20);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    int status = process.get().exitValue();
    if (status == 0) {
      return Optional.of("error reading server preface: EOF");
    }
    synchronized (stderr) {
      return Optional.of(
          "error reading server preface: command ["
              + String.join(" ", command)
              + "] has exited with exit status "
              + status
              + ", make sure the URL is valid, and Docker 18.09 or later is installed on the remote"
              + " host: stderr="
              + stderr);
    }
  }

  /** Ends the program, in order if it does within three seconds. */
  private void end() throws IOException {
    if (process.isEmpty()) {
      return;
    }
    var running = process.get();
    running.getOutputStream().close();
    running.destroy();
    try {
      if (running.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    running.destroyForcibly();
  }
}
