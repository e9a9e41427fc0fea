package org.jbuildkit.engine.history;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.control.BuildHistoryEvent;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.keys.HistoryMediaTypes;
import org.jbuildkit.store.BuildRecordTable;
import org.jbuildkit.store.ContentStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds that run and builds that ended. A build is recorded from {@link #begin} on; its record is
 * stored when it ends, gets its trace some seconds later, and goes on request or when it is old.
 */
public final class BuildHistory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BuildHistory.class);
  private static final Duration TRACE_DELAY = Duration.ofSeconds(3);
  private static final Duration END_TIME = Duration.ofSeconds(5);

  private final RecordBlobs blobs;
  private final EventBoard board = new EventBoard();
  private final HistoryState state;
  private final Clock clock;
  private final RecordCollector collector;

  /** Takes what is told; may wait until somebody takes it in turn. */
  @FunctionalInterface
  public interface Sink<T> {
    void accept(T message) throws InterruptedException;
  }

  /** Blobs that something else than build records keeps. */
  @FunctionalInterface
  public interface Naming {
    Set<Digest> blobs() throws IOException;
  }

  private BuildHistory(
      BuildRecordTable table,
      ContentStore content,
      Naming others,
      Retention retention,
      Clock clock) {
    this.blobs = new RecordBlobs(content);
    this.state = new HistoryState(new RecordRows(table, blobs, others), board);
    this.clock = clock;
    this.collector = new RecordCollector(() -> state.collect(retention, clock.instant()));
  }

  /** Opens what is stored, and starts to remove what is old. Records whose blobs are gone go. */
  public static BuildHistory open(
      BuildRecordTable table, ContentStore content, Naming others, Retention retention, Clock clock)
      throws IOException {
    var history = new BuildHistory(table, content, others, retention, clock);
    history.state.dropDamaged();
    history.collector.start();
    return history;
  }

  /**
   * Notes that a build runs. The caller closes the recording, whatever happens.
   *
   * @param started what is known of it: ref, frontend, attributes, exporters, start
   * @param isInternal whether nobody is to hear of the build
   */
  public Recording begin(BuildHistoryRecord started, boolean isInternal) {
    state.begin(started, isInternal);
    return new Recording(this, started, isInternal);
  }

  RecordBlobs blobs() {
    return blobs;
  }

  Clock clock() {
    return clock;
  }

  /** Stores the record of a build that ended; its trace follows. */
  void store(BuildHistoryRecord record, Optional<BuildOutcome.Spans> spans) throws IOException {
    var finalizer = spans.map(_ -> new Finalizer());
    state.store(record, finalizer);
    finalizer.ifPresent(pending -> awaitTrace(record.getRef(), pending, spans.get()));
  }

  void end(BuildHistoryRecord started) {
    state.end(started);
  }

  private void awaitTrace(String ref, Finalizer finalizer, BuildOutcome.Spans spans) {
    Thread.ofVirtual()
        .name("trace " + ref)
        .start(() -> {
          try {
            finalizer.awaitRequest(TRACE_DELAY);
            attach(ref, spans.collect());
          } catch (IOException | RuntimeException e) {
            LOG.warn("can't store the trace of {}: {}", ref, BuildException.describe(e));
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            state.endFinalizer(ref, finalizer);
          }
        });
  }

  private void attach(String ref, byte[] trace) throws IOException {
    if (trace.length > 0) {
      var blob = blobs.put(HistoryMediaTypes.TRACE, trace);
      state.change(ref, record -> record.setTrace(blob));
    }
  }

  /**
   * Marks a record to be kept, or no longer.
   *
   * @throws BuildException if there is no such record
   */
  public void pin(String ref, boolean isPinned) throws IOException {
    state.change(ref, record -> record.setPinned(isPinned));
  }

  /** Waits until nothing will be added to a record any more. */
  public void settle(String ref) throws InterruptedException {
    var finalizer = state.finalizer(ref);
    if (finalizer.isPresent()) {
      finalizer.get().request();
      finalizer.get().awaitDone();
    }
  }

  /**
   * Removes a record; while somebody listens for it, it is only hidden.
   *
   * @throws BuildException if there is no such record
   */
  public void delete(String ref) throws IOException, InterruptedException {
    settle(ref);
    if (!state.delete(ref)) {
      throw BuildException.failed("lease \"ref_" + ref + "\": not found");
    }
  }

  /**
   * Tells what a request asks for; returns at the end of that, or waits for more until nothing will
   * come any more.
   */
  public void listen(BuildHistoryRequest request, Sink<BuildHistoryEvent> out)
      throws IOException, InterruptedException {
    var ref = request.getRef();
    state.watch(ref);
    try (var listening = state.listen(ref)) {
      for (var event : listening.active()) {
        out.accept(event);
      }
      if (!request.getActiveOnly()) {
        for (var event : selected(listening.stored(), request)) {
          out.accept(event);
        }
      }
      while (!request.getEarlyExit()) {
        var event = listening.reader().next();
        if (event.isEmpty()) {
          return;
        }
        if (ref.isEmpty() || event.get().getRecord().getRef().equals(ref)) {
          out.accept(event.get());
        }
      }
    } finally {
      state.unwatch(ref);
    }
  }

  private List<BuildHistoryEvent> selected(
      List<BuildHistoryRecord> records, BuildHistoryRequest request) {
    var filter = HistoryFilter.parse(request.getFilterList(), clock.instant());
    if (request.getLimit() < 0) {
      throw BuildException.failed("invalid limit " + request.getLimit());
    }
    return HistoryState.selected(records, filter, request.getLimit());
  }

  /** Tells the progress of a build that ended; whether there is a record of it. */
  public boolean replay(String ref, Sink<StatusResponse> out)
      throws IOException, InterruptedException {
    var record = state.find(ref);
    if (record.isEmpty()) {
      return false;
    }
    if (record.get().hasLogs()) {
      var digest = Digest.parse(record.get().getLogs().getDigest());
      try (var in =
          blobs
              .content()
              .open(digest)
              .orElseThrow(() -> BuildException.failed("content " + digest + ": not found"))) {
        StatusLog.read(in, out);
      }
    }
    return true;
  }

  /** Ends the streams of listeners as soon as no build is left to tell them of. */
  public void drain() {
    state.finalizers(true).forEach(Finalizer::request);
  }

  /** Stores the traces that are still awaited, and ends all streams. */
  @Override
  public void close() {
    try {
      for (var finalizer : state.finalizers(true)) {
        finalizer.request();
        var _ = finalizer.awaitDone(END_TIME);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    collector.close();
    board.end();
  }
}
