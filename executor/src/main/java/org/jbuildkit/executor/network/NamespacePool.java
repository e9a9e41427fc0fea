package org.jbuildkit.executor.network;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Namespaces that are kept for the next step. As many as asked for are made ahead; those beyond are
 * taken away when nobody has used them for five minutes. The monitor guards what is idle; nobody
 * makes or removes a namespace in it.
 */
final class NamespacePool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NamespacePool.class);
  static final Duration IDLE = Duration.ofMinutes(5);

  private final Namespaces namespaces;
  private final int size;
  private final Clock clock;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Thread keeper;
  private int made;
  private boolean closed;

  private record Idle(Namespaces.Made namespace, Instant since) {}

  /**
   * @param size at least 1
   * @param poll how often is looked for what has been idle too long
   */
  NamespacePool(Namespaces namespaces, int size, Clock clock, Duration poll) {
    this.namespaces = namespaces;
    this.size = size;
    this.clock = clock;
    this.keeper = Thread.ofVirtual().name("network pool").start(() -> keep(poll));
  }

  /** One that is nobody's; {@link #give} gives it back. */
  Namespaces.Made take() throws IOException, InterruptedException {
    synchronized (this) {
      // The one used last is the one least likely to go.
      var known = idle.pollLast();
      if (known != null) {
        return known.namespace();
      }
      made++;
    }
    try {
      return namespaces.make("");
    } catch (IOException | InterruptedException e) {
      forget();
      throw e;
    }
  }

  private synchronized void forget() {
    made--;
  }

  void give(Namespaces.Made namespace) throws IOException, InterruptedException {
    synchronized (this) {
      if (!closed) {
        idle.addLast(new Idle(namespace, clock.instant()));
        return;
      }
      made--;
    }
    namespaces.remove(namespace);
  }

  private void keep(Duration poll) {
    try {
      while (fill()) {
        Thread.sleep(poll);
        for (var old : expired()) {
          namespaces.remove(old);
        }
      }
    } catch (InterruptedException _) {
      // The pool is closed.
    } catch (IOException e) {
      LOG.warn("the network pool can't be kept: {}", e.getMessage());
    }
  }

  private boolean fill() throws InterruptedException, IOException {
    while (claim()) {
      try {
        give(namespaces.make(""));
      } catch (IOException | InterruptedException e) {
        forget();
        throw e;
      }
    }
    synchronized (this) {
      return !closed;
    }
  }

  private synchronized boolean claim() {
    if (closed || made >= size) {
      return false;
    }
    made++;
    return true;
  }

  private synchronized List<Namespaces.Made> expired() {
    var old = new ArrayList<Namespaces.Made>();
    while (made > size
        && Optional.ofNullable(idle.peekFirst())
            .filter(first -> !first.since().plus(IDLE).isAfter(clock.instant()))
            .isPresent()) {
      old.add(idle.removeFirst().namespace());
      made--;
    }
    return old;
  }

  /** Takes away what is idle; what is in use goes when it is given back. */
  @Override
  public void close() {
    List<Idle> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(idle);
      idle.clear();
      made -= left.size();
    }
    keeper.interrupt();
    try {
      keeper.join();
      for (var last : left) {
        namespaces.remove(last.namespace());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("a network namespace is left: {}", e.getMessage());
    }
  }
}
