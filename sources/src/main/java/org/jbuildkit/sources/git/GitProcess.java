package org.jbuildkit.sources.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.solver.VertexReport;

/** One process, in a process group of its own that does not outlive it. */
final class GitProcess {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int TERMINATE = 15;
  private static final int KILL = 9;
  private static final int GRACE_SECONDS = 10;
  private static final int MAX_OUTPUT = 64 << 20;
  private static final int MAX_LOG = 2 << 20;
  private static final int NOT_FOUND = 127;

  /** The standard input ends with this process, and with it the whole group. */
  private static final String SCRIPT =
      """
      umask 022
      exec 3<&0 </dev/null
      (cat; kill -9 0) <&3 3<&- >/dev/null 2>&1 &
      exec "$@" 3<&-
      """;

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path directory;
  private final UnaryOperator<String> masking;
  private final VertexReport report;

  /**
   * @param environment all of it
   * @param masking takes secrets out of a line that is told
   */
  GitProcess(
      List<String> command,
      Map<String, String> environment,
      Path directory,
      UnaryOperator<String> masking,
      VertexReport report) {
    this.command = command;
    this.environment = environment;
    this.directory = directory;
    this.masking = masking;
    this.report = report;
  }

  /**
   * Runs it to its end; an interrupted caller ends it.
   *
   * @param isTold whether its output goes to the log
   * @return what it printed
   * @throws GitFailure if it fails
   */
  byte[] run(boolean isTold) throws IOException, InterruptedException {
    var process = start();
    try (var _ = process.getOutputStream();
        var scope = TaskScope.open()) {
      var output = scope.fork(() -> read(process, process.getInputStream(), isTold, STDOUT));
      var errors = scope.fork(() -> read(process, process.getErrorStream(), isTold, STDERR));
      int status;
      try {
        status = process.waitFor();
        end(process, KILL);
        scope.join();
      } catch (InterruptedException e) {
        stop(process);
        throw e;
      }
      var stderr = masking.apply(new String(errors.get(), StandardCharsets.UTF_8));
      if (status == NOT_FOUND) {
        throw BuildException.failed("failed to find git binary: " + stderr.strip());
      }
      if (status != 0) {
        throw new GitFailure(stderr, status);
      }
      return output.get();
    } finally {
      end(process, KILL);
    }
  }

  private Process start() throws IOException {
    var words = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "git"));
    words.addAll(command);
    var builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private byte[] read(Process process, InputStream in, boolean isTold, int stream)
      throws IOException {
    var all = new ByteArrayOutputStream();
    var line = new ByteArrayOutputStream();
    int told = 0;
    var buffer = new byte[8192];
    int count;
    while ((count = in.read(buffer)) >= 0) {
      if (all.size() + count > MAX_OUTPUT) {
        end(process, KILL);
        throw new IOException("git printed more than " + MAX_OUTPUT + " bytes");
      }
      all.write(buffer, 0, count);
      for (int i = 0; isTold && i < count && told < MAX_LOG; i++) {
        line.write(buffer[i]);
        if (buffer[i] == '\n') {
          told += tell(line, stream);
        }
      }
    }
    var _ = tell(line, stream);
    return all.toByteArray();
  }

  /** Whole lines, so that no secret is told in two parts. */
  private int tell(ByteArrayOutputStream line, int stream) {
    int size = line.size();
    if (size > 0) {
      var text = masking.apply(line.toString(StandardCharsets.UTF_8));
      report.log(stream, text.getBytes(StandardCharsets.UTF_8));
      line.reset();
    }
    return size;
  }

  /** Asks the group to end, and makes it end if it does not in time. */
  private static void stop(Process process) throws IOException {
    end(process, TERMINATE);
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        end(process, KILL);
      }
    } catch (InterruptedException _) {
      end(process, KILL);
      Thread.currentThread().interrupt();
    }
  }

  private static void end(Process process, int signal) throws IOException {
    var _ = ProcessCalls.kill(-process.pid(), signal);
  }
}
