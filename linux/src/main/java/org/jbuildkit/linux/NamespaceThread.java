package org.jbuildkit.linux;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;

/**
 * A platform thread with namespaces of its own, on which bodies run one after another. Threads that
 * a body starts inherit the namespaces.
 */
public final class NamespaceThread implements AutoCloseable {
  private final LinkedBlockingQueue<FutureTask<?>> work = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  private NamespaceThread(String name) {
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::loop);
  }

  /** Starts a thread with new namespaces of these kinds. */
  public static NamespaceThread unshared(String name, Set<Namespace> kinds)
      throws LinuxException, InterruptedException {
    return started(
        name,
        () -> {
          Namespace.unshare(kinds);
          return 0;
        });
  }

  /** Starts a thread inside an existing namespace. */
  public static NamespaceThread inside(String name, Namespace kind, Fd namespace)
      throws LinuxException, InterruptedException {
    return started(
        name,
        () -> {
          kind.enter(namespace);
          return 0;
        });
  }

  private static NamespaceThread started(String name, Callable<Integer> first)
      throws LinuxException, InterruptedException {
    var made = new NamespaceThread(name);
    made.thread.start();
    try {
      made.run(first);
    } catch (LinuxException | InterruptedException | RuntimeException e) {
      made.close();
      throw e;
    }
    return made;
  }

  /**
   * Runs the body on a platform thread that ends with it. An interrupted caller still waits, for
   * what the body has made, a mount for example, is nobody's otherwise; the interrupt is handed on,
   * and stays.
   */
  static <T> T runOnce(Callable<T> body) throws LinuxException, InterruptedException {
    var task = new FutureTask<>(body);
    var thread = Thread.ofPlatform().daemon().name("linux-once").start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          break;
        } catch (InterruptedException _) {
          interrupted = true;
          thread.interrupt();
        } catch (ExecutionException _) {
          break;
        }
      }
      return outcome(task);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Runs the body on this thread and waits for it. An interrupted caller does not wait longer. */
  public <T> T run(Callable<T> body) throws LinuxException, InterruptedException {
    var task = new FutureTask<>(body);
    work.add(task);
    return outcome(task);
  }

  private static <T> T outcome(FutureTask<T> task) throws LinuxException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case LinuxException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case InterruptedException cause -> throw cause;
        case null -> throw new IllegalStateException(e);
        default ->
            throw new BuildException(
                ErrorCode.UNKNOWN, BuildException.describe(e.getCause()), e.getCause());
      }
    }
  }

  private void loop() {
    while (!closed) {
      try {
        work.take().run();
      } catch (InterruptedException _) {
        // Woken to look at the closed flag.
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
