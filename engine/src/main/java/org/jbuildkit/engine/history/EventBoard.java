package org.jbuildkit.engine.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.control.BuildHistoryEvent;

/** Hands events on to all who listen. */
final class EventBoard {
  private static final int WAITING = 4096;

  private final Set<Reader> readers = new HashSet<>();
  private boolean ended;

  /** A place in the stream, from now on. The caller closes it. */
  synchronized Reader open() {
    var reader = new Reader();
    readers.add(reader);
    if (ended) {
      reader.offer(Optional.empty());
    }
    return reader;
  }

  void tell(BuildHistoryEvent event) {
    copies().forEach(reader -> reader.offer(Optional.of(event)));
  }

  /** Ends all streams, after what was told already. */
  void end() {
    synchronized (this) {
      ended = true;
    }
    copies().forEach(reader -> reader.offer(Optional.empty()));
  }

  private synchronized List<Reader> copies() {
    return new ArrayList<>(readers);
  }

  /** One listener's events. */
  final class Reader implements AutoCloseable {
    private final LinkedBlockingQueue<Optional<BuildHistoryEvent>> events =
        new LinkedBlockingQueue<>(WAITING);
    private final AtomicBoolean isBehind = new AtomicBoolean();

    private void offer(Optional<BuildHistoryEvent> event) {
      if (!events.offer(event)) {
        isBehind.set(true);
      }
    }

    /**
     * Waits for the next event; empty at the end.
     *
     * @throws BuildException if so many wait that some were lost
     */
    Optional<BuildHistoryEvent> next() throws InterruptedException {
      if (isBehind.get()) {
        throw new BuildException(
            ErrorCode.RESOURCE_EXHAUSTED, "the listener does not keep up with build events");
      }
      return events.take();
    }

    @Override
    public void close() {
      synchronized (EventBoard.this) {
        readers.remove(this);
      }
    }
  }
}
