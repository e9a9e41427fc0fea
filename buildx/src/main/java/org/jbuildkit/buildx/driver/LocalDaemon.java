package org.jbuildkit.buildx.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.linux.Fd;
import org.jbuildkit.linux.OpenMode;
import org.jbuildkit.linux.ProcessCalls;

/**
 * A daemon that is started when somebody needs it and ends when nobody does. Who starts or stops
 * one holds a lock meanwhile, so that a root never gets two; who was answered once may rely on the
 * daemon for as long as the connection is open.
 */
final class LocalDaemon {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration START_TIME = Duration.ofSeconds(60);
  private static final Duration BUILDS_TIME = Duration.ofSeconds(10);
  private static final Duration END_TIME = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 20;
  private static final int LOG_LINES = 15;
  private static final int SIGTERM = 15;

  private final LocalPlace place;
  private final Path program;
  private final List<String> flags;

  /**
   * @param program starts a daemon
   * @param flags of the daemon, but for those that say where it is
   */
  LocalDaemon(LocalPlace place, Path program, List<String> flags) {
    this.place = place;
    this.program = program;
    this.flags = List.copyOf(flags);
  }

  /** A connection to the daemon if it runs. */
  Optional<DaemonConnection> running() throws IOException {
    var instance = Instance.read(place.instanceFile());
    return instance.isEmpty()
        ? Optional.empty()
        : Answer.from(instance.get().address(), TlsFiles.NONE, PATIENCE);
  }

  /** A connection to the daemon, which is started if it does not run. */
  DaemonConnection connect() throws IOException, InterruptedException {
    var found = running();
    if (found.isPresent()) {
      return found.get();
    }
    try (var _ = lock()) {
      long deadline = System.nanoTime() + END_TIME.toNanos();
      while (true) {
        var started = running();
        if (started.isPresent()) {
          return started.get();
        }
        if (isRootFree()) {
          return start();
        }
        if (System.nanoTime() > deadline) {
          throw failed("%s is in use by a daemon that can't be reached".formatted(place.root()));
        }
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  private Fd lock() throws IOException, InterruptedException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(place.own(), ownerOnly);
    Files.createDirectories(place.socket().resolveSibling("."), ownerOnly);
    var file = Fd.open(place.startLock().toString(), OpenMode.CREATE_OR_OPEN, 0600);
    try {
      file.lock();
      return file;
    } catch (IOException | InterruptedException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether no daemon has the root. */
  private boolean isRootFree() throws IOException {
    if (!Files.exists(place.rootLock())) {
      return true;
    }
    try (var file = Fd.open(place.rootLock().toString(), OpenMode.CREATE_OR_OPEN, 0600)) {
      return file.tryLock();
    }
  }

  private DaemonConnection start() throws IOException, InterruptedException {
    if (Files.exists(place.log())) {
      Files.move(
          place.log(),
          place.log().resolveSibling("buildkitd.log.1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "--root",
            place.root().toString(),
            "--addr",
            "unix://" + place.socket(),
            "--instance-file",
            place.instanceFile().toString(),
            "--new-session"));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(place.log().toFile())
              .start();
    } catch (IOException e) {
      throw BuildException.failed("failed to start " + program, e);
    }
    return awaitReady(process);
  }

  private DaemonConnection awaitReady(Process process) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_TIME.toNanos();
    while (System.nanoTime() < deadline) {
      var instance = Instance.read(place.instanceFile());
      if (instance.isPresent() && instance.get().pid() == process.pid()) {
        var daemon = running();
        if (daemon.isPresent()) {
          return daemon.get();
        }
      }
      if (!process.isAlive()) {
        throw failed(
            "the daemon ended with status %d while it started".formatted(process.exitValue()));
      }
      Thread.sleep(POLL_MILLIS);
    }
    process.destroyForcibly();
    throw failed("the daemon did not start within %d seconds".formatted(START_TIME.toSeconds()));
  }

  /** An error with the end of the daemon's log. */
  private BuildException failed(String problem) throws IOException {
    if (!Files.exists(place.log())) {
      return BuildException.failed(problem);
    }
    var lines = Files.readAllLines(place.log(), java.nio.charset.StandardCharsets.ISO_8859_1);
    var end = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    var text = new StringBuilder(problem).append("; the end of ").append(place.log()).append(":");
    end.forEach(line -> text.append("\n  ").append(line));
    return BuildException.failed(text.toString());
  }

  /** Ends the daemon if one runs; builds in progress get some seconds. */
  void stop() throws IOException, InterruptedException {
    if (!Files.isDirectory(place.own())) {
      return;
    }
    try (var _ = lock()) {
      var instance = Instance.read(place.instanceFile());
      if (isRootFree()) {
        Files.deleteIfExists(place.instanceFile());
        return;
      }
      if (instance.isEmpty() || !instance.get().isProcessOf(place.instanceFile())) {
        throw BuildException.failed(
            place.root() + " is in use by a daemon that buildx did not start");
      }
      end(instance.get().pid());
    }
  }

  /** The first signal lets builds finish, the second ends them. */
  private void end(long pid) throws IOException, InterruptedException {
    var _ = ProcessCalls.kill(pid, SIGTERM);
    long patience = System.nanoTime() + BUILDS_TIME.toNanos();
    long deadline = System.nanoTime() + END_TIME.toNanos();
    boolean again = false;
    while (!isRootFree()) {
      if (!again && System.nanoTime() > patience) {
        again = true;
        var _ = ProcessCalls.kill(pid, SIGTERM);
      }
      if (System.nanoTime() > deadline) {
        throw failed(
            "the daemon (process %d) did not end within %d seconds"
                .formatted(pid, END_TIME.toSeconds()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
