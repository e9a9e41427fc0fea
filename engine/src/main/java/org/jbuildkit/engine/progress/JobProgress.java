package org.jbuildkit.engine.progress;

import com.google.protobuf.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.protocol.control.VertexWarning;

/**
 * One build's progress: an append-only list of events that any number of listeners read from the
 * beginning, each at its own pace. Closed when the build ends.
 *
 * <p>When a vertex starts, inputs that never ran are told to be cached: their dependent did not
 * need them. When the build ends, vertices still running are told to be canceled. Both as in
 * BuildKit's {@code solver/progress.go}.
 *
 * <p>The lock guards the list and the vertex table; nothing is called while it is held.
 */
public final class JobProgress {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<ProgressEvent> events = new ArrayList<>();
  private final Map<String, Vertex> vertices = new LinkedHashMap<>();
  private boolean closed;

  public JobProgress(Clock clock) {
    this.clock = clock;
  }

  /** Announces a vertex or tells its new state. */
  public void vertex(Vertex vertex) {
    locked(() -> {
      if (!vertex.hasStarted() && vertices.containsKey(vertex.getDigest())) {
        return;
      }
      if (vertex.hasStarted() && !vertex.hasCompleted()) {
        markInputsCached(vertex, vertex.getStarted());
      }
      add(vertex);
    });
  }

  private void add(Vertex vertex) {
    vertices.put(vertex.getDigest(), vertex);
    events.add(new ProgressEvent.OfVertex(vertex));
  }

  private void markInputsCached(Vertex dependent, Timestamp started) {
    for (var digest : dependent.getInputsList()) {
      var input = vertices.get(digest);
      if (input == null || input.hasCompleted() || input.getCached()) {
        continue;
      }
      if (!input.hasStarted()) {
        markInputsCached(input, started);
        add(input.toBuilder().setCached(true).setStarted(started).setCompleted(started).build());
      }
    }
  }

  public void status(VertexStatus status) {
    locked(() -> events.add(new ProgressEvent.OfStatus(status)));
  }

  public void log(VertexLog log) {
    locked(() -> events.add(new ProgressEvent.OfLog(log)));
  }

  public void warning(VertexWarning warning) {
    locked(() -> events.add(new ProgressEvent.OfWarning(warning)));
  }

  /** Ends the stream; vertices still running are reported as canceled. */
  public void close() {
    locked(() -> {
      if (!closed) {
        var now = Timestamps.of(clock.instant());
        for (var vertex : List.copyOf(vertices.values())) {
          if (vertex.hasStarted() && !vertex.hasCompleted()) {
            var end = vertex.toBuilder().setCompleted(now);
            add((vertex.getCached() ? end : end.setError("context canceled")).build());
          }
        }
        closed = true;
      }
    });
  }

  /** All events so far, in order. */
  public List<ProgressEvent> events() {
    lock.lock();
    try {
      return List.copyOf(events);
    } finally {
      lock.unlock();
    }
  }

  /** A reader that starts at the first event. */
  public Reader reader() {
    return new Reader();
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** One listener's place in the stream. Not for several threads. */
  public final class Reader {
    private int next;

    private Reader() {}

    /** Waits for events not read yet; empty when the build has ended and all were read. */
    public List<ProgressEvent> await() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (next == events.size() && !closed) {
          changed.await();
        }
        var fresh = List.copyOf(events.subList(next, events.size()));
        next = events.size();
        return fresh;
      } finally {
        lock.unlock();
      }
    }
  }
}
