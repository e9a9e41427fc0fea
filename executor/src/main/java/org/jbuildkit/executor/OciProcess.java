package org.jbuildkit.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.exec.RunningProcess;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.linux.PseudoTerminal;

/**
 * A process in a container, with the runtime's own process that waits for it.
 *
 * @param runtime ends with the process's status
 * @param idFile where the runtime writes the process's id
 */
record OciProcess(Process runtime, Path idFile, Optional<PseudoTerminal> terminal)
    implements RunningProcess, AutoCloseable {
  private static final long POLL_MILLIS = 20;

  @Override
  public OutputStream input() {
    return terminal.map(PseudoTerminal::output).orElseGet(runtime::getOutputStream);
  }

  @Override
  public InputStream output() {
    return terminal.map(PseudoTerminal::input).orElseGet(runtime::getInputStream);
  }

  @Override
  public InputStream errors() {
    return terminal.isPresent() ? InputStream.nullInputStream() : runtime.getErrorStream();
  }

  @Override
  public int await() throws InterruptedException {
    return runtime.waitFor();
  }

  boolean isAlive() {
    return runtime.isAlive();
  }

  /** Waits until the process has an id, or has ended. */
  Optional<Long> id() throws IOException, InterruptedException {
    while (runtime.isAlive()) {
      var text = read();
      if (!text.isEmpty()) {
        return Optional.of(Long.parseLong(text));
      }
      Thread.sleep(POLL_MILLIS);
    }
    return Optional.empty();
  }

  private String read() throws IOException {
    try {
      var text = Files.readString(idFile).strip();
      return text.matches("[1-9][0-9]{0,9}") ? text : "";
    } catch (NoSuchFileException _) {
      return "";
    }
  }

  @Override
  public void signal(int number) throws IOException, InterruptedException {
    var id = id();
    // While the runtime lives it has not taken the process's status: the id is still its own.
    if (id.isPresent() && runtime.isAlive()) {
      var _ = ProcessCalls.kill(id.get(), number);
    }
  }

  @Override
  public void resize(int rows, int columns) throws IOException, InterruptedException {
    if (terminal.isEmpty()) {
      return;
    }
    terminal.get().resize(rows, columns);
    if (id().isPresent()) {
      // The container's terminal is another one, which the runtime stands at; not all of them
      // pass sizes on.
      for (int number : terminals()) {
        try (var inner = ProcessCalls.duplicate(runtime.pid(), number)) {
          PseudoTerminal.resize(inner, rows, columns);
        }
      }
    }
  }

  private List<Integer> terminals() throws IOException {
    var numbers = new ArrayList<Integer>();
    try (var files = Files.newDirectoryStream(Path.of("/proc/" + runtime.pid() + "/fd"))) {
      for (var file : files) {
        if (Files.readSymbolicLink(file).endsWith("ptmx")) {
          numbers.add(Integer.parseInt(file.getFileName().toString()));
        }
      }
    } catch (NoSuchFileException _) {
      return List.of(); // the process has ended
    }
    return numbers;
  }

  /** Closes the streams; whoever still reads sees their end. */
  @Override
  public void close() {
    terminal.ifPresent(PseudoTerminal::close);
  }
}
