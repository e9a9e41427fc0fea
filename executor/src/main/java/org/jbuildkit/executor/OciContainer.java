package org.jbuildkit.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.engine.exec.AddedProcess;
import org.jbuildkit.engine.exec.Containers;
import org.jbuildkit.engine.exec.RunningProcess;
import org.jbuildkit.linux.Dir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container whose processes are talked to. The monitor guards the processes; nobody waits in it.
 */
final class OciContainer implements Containers.Container {
  private static final Logger LOG = LoggerFactory.getLogger(OciContainer.class);
  private static final long POLL_MILLIS = 20;

  private final String id;
  private final Path bundle;
  private final OciRuntime runtime;
  private final ProcessDocument document;
  private final Dir root;
  private final OciProcess main;
  private final Ending ending;
  private final List<OciProcess> added = new ArrayList<>();
  private boolean closed;

  /** What is left to do when nothing runs any more. */
  @FunctionalInterface
  interface Ending {
    void run(String id, Process main) throws IOException;
  }

  OciContainer(
      String id,
      Path bundle,
      OciRuntime runtime,
      ProcessDocument document,
      Dir root,
      OciProcess main,
      Ending ending) {
    this.id = id;
    this.bundle = bundle;
    this.runtime = runtime;
    this.document = document;
    this.root = root;
    this.main = main;
    this.ending = ending;
  }

  String id() {
    return id;
  }

  @Override
  public RunningProcess main() {
    return main;
  }

  @Override
  public RunningProcess add(AddedProcess process) throws IOException, InterruptedException {
    awaitRunning();
    var user = ContainerUser.find(root, process.user());
    var name = RandomId.next();
    var file = bundle.resolve(name + ".json");
    var bytes = document.of(process, user).write().getBytes(StandardCharsets.UTF_8);
    Files.write(file, bytes);
    synchronized (this) {
      if (closed) {
        throw new IOException("the container was released");
      }
      var started = runtime.add(bundle, id, name, process.hasTerminal());
      added.add(started);
      return started;
    }
  }

  private void awaitRunning() throws IOException, InterruptedException {
    var first = main.id();
    while (first.isPresent() && main.isAlive()) {
      if (runtime.isRunning(id)) {
        return;
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new IOException("container " + id + " has stopped");
  }

  @Override
  public void close() throws IOException {
    List<OciProcess> left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = List.copyOf(added);
    }
    try {
      ending.run(id, main.runtime());
    } finally {
      left.forEach(this::end);
      main.close();
      root.close();
    }
  }

  /** The kernel has killed the process with the first one; its runtime sees that soon. */
  private void end(OciProcess process) {
    try {
      if (!process.runtime().waitFor(1, TimeUnit.SECONDS)) {
        LOG.warn("a process of container {} is left by its runtime", id);
        process.runtime().destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.runtime().destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      process.close();
    }
  }
}
