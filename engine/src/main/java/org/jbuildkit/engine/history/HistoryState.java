package org.jbuildkit.engine.history;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.control.BuildHistoryEvent;
import org.jbuildkit.protocol.control.BuildHistoryEventType;
import org.jbuildkit.protocol.control.BuildHistoryRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds that run, records, and who waits for them. Every change is told on the board. */
final class HistoryState {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryState.class);

  // Guards everything here; may be held while rows are committed and blobs are removed.
  private final ReentrantLock lock = new ReentrantLock();
  private final RecordRows rows;
  private final EventBoard board;
  private final Map<String, BuildHistoryRecord> active = new LinkedHashMap<>();
  private final Map<String, Finalizer> finalizers = new HashMap<>();
  private final Map<String, Integer> watched = new HashMap<>();
  private final Set<String> doomed = new HashSet<>();
  private int running;
  private boolean draining;

  HistoryState(RecordRows rows, EventBoard board) {
    this.rows = rows;
    this.board = board;
  }

  /** Reads or changes what the lock guards. */
  @FunctionalInterface
  private interface Section<T, E extends Exception> {
    T run() throws E;
  }

  private <T, E extends Exception> T locked(Section<T, E> section) throws E {
    lock.lock();
    try {
      return section.run();
    } finally {
      lock.unlock();
    }
  }

  private void tell(BuildHistoryEventType type, BuildHistoryRecord record) {
    board.tell(event(type, record));
  }

  private static BuildHistoryEvent event(BuildHistoryEventType type, BuildHistoryRecord record) {
    return BuildHistoryEvent.newBuilder().setType(type).setRecord(record).build();
  }

  void begin(BuildHistoryRecord started, boolean isInternal) {
    var _ =
        locked(() -> {
          running++;
          if (!isInternal) {
            active.put(started.getRef(), started);
            tell(BuildHistoryEventType.STARTED, started);
          }
          return running;
        });
  }

  /** Stores a record; {@code finalizer} is what will be added to it. */
  void store(BuildHistoryRecord record, Optional<Finalizer> finalizer) throws IOException {
    var _ =
        locked(() -> {
          rows.put(record);
          active.remove(record.getRef());
          doomed.remove(record.getRef());
          finalizer.ifPresent(pending -> finalizers.put(record.getRef(), pending));
          tell(BuildHistoryEventType.COMPLETE, record);
          return record;
        });
  }

  /** Notes that a build runs no more. */
  void end(BuildHistoryRecord started) {
    var _ =
        locked(() -> {
          running--;
          active.remove(started.getRef(), started);
          return quieten();
        });
  }

  /** What waited for the end of all builds; whether they have ended. */
  private boolean quieten() {
    if (running > 0 || !finalizers.isEmpty()) {
      return false;
    }
    if (draining) {
      board.end();
    }
    try {
      rows.sweep();
    } catch (IOException e) {
      LOG.warn("can't remove blobs of build records: {}", BuildException.describe(e));
    }
    return true;
  }

  void endFinalizer(String ref, Finalizer finalizer) {
    var _ =
        locked(() -> {
          finalizers.remove(ref, finalizer);
          return quieten();
        });
    finalizer.complete();
  }

  Optional<Finalizer> finalizer(String ref) {
    return locked(() -> Optional.ofNullable(finalizers.get(ref)));
  }

  /** All that will be added to records; {@code isLast} if no more builds are to be told of. */
  List<Finalizer> finalizers(boolean isLast) {
    return locked(() -> {
      draining |= isLast;
      var _ = quieten();
      return List.copyOf(finalizers.values());
    });
  }

  /** Stores a record in a changed form, as its next generation. */
  void change(String ref, UnaryOperator<BuildHistoryRecord.Builder> edit) throws IOException {
    var _ =
        locked(() -> {
          var record = rows.find(ref);
          if (record.isEmpty()) {
            throw BuildException.failed("failed to retrieve ref " + ref + ": file does not exist");
          }
          int generation = record.get().getGeneration() + 1;
          var changed = edit.apply(record.get().toBuilder().setGeneration(generation)).build();
          rows.put(changed);
          tell(BuildHistoryEventType.COMPLETE, changed);
          return changed;
        });
  }

  /** Removes a record, or hides it while somebody listens for it; whether there was one. */
  boolean delete(String ref) throws IOException {
    return locked(() -> {
      if (watched.containsKey(ref)) {
        doomed.add(ref);
        return true;
      }
      return remove(ref);
    });
  }

  private boolean remove(String ref) throws IOException {
    doomed.remove(ref);
    tell(BuildHistoryEventType.DELETED, BuildHistoryRecord.newBuilder().setRef(ref).build());
    boolean existed = rows.remove(ref);
    var _ = quieten();
    return existed;
  }

  /** Keeps a record from going; of any ref at most as often as {@link #unwatch} is called. */
  void watch(String ref) {
    var _ =
        locked(() -> {
          if (doomed.contains(ref)) {
            throw BuildException.failed("ref " + ref + " is deleted: file does not exist");
          }
          return ref.isEmpty() ? 0 : watched.merge(ref, 1, Integer::sum);
        });
  }

  void unwatch(String ref) throws IOException {
    var _ =
        locked(() -> {
          boolean isLast =
              watched.computeIfPresent(ref, (_, count) -> count > 1 ? count - 1 : null) == null;
          return isLast && doomed.contains(ref) && remove(ref);
        });
  }

  /**
   * What is known now, and what will be told from now on. The receiver closes it.
   *
   * @param active builds that run
   * @param stored records by ref
   */
  record Listening(
      EventBoard.Reader reader, List<BuildHistoryEvent> active, List<BuildHistoryRecord> stored)
      implements AutoCloseable {
    @Override
    public void close() {
      reader.close();
    }
  }

  /** Listens to the builds of one ref or, if that is empty, of all; each change is told once. */
  Listening listen(String ref) throws IOException {
    return locked(() -> {
      var found = ref.isEmpty() ? rows.all() : rows.find(ref).stream().toList();
      var stored = found.stream().filter(record -> !doomed.contains(record.getRef())).toList();
      var started =
          active.values().stream()
              .filter(record -> ref.isEmpty() || ref.equals(record.getRef()))
              .map(record -> event(BuildHistoryEventType.STARTED, record))
              .toList();
      return new Listening(board.open(), started, stored);
    });
  }

  /**
   * The records that match, told of as completed.
   *
   * @param limit how many of the newest; zero for all
   */
  static List<BuildHistoryEvent> selected(
      List<BuildHistoryRecord> records, HistoryFilter filter, int limit) {
    Comparator<BuildHistoryRecord> byStart =
        Comparator.comparing(record -> Timestamps.instant(record.getCreatedAt()));
    var matching = records.stream().filter(filter::matches);
    var some = limit == 0 ? matching : matching.sorted(byStart.reversed()).limit(limit);
    return some.map(record -> event(BuildHistoryEventType.COMPLETE, record)).toList();
  }

  Optional<BuildHistoryRecord> find(String ref) throws IOException {
    return locked(() -> doomed.contains(ref) ? Optional.empty() : rows.find(ref));
  }

  /** Removes records that nothing keeps any more. */
  void collect(Retention retention, Instant now) {
    try {
      var _ =
          locked(() -> {
            for (var record : retention.surplus(rows.all(), now)) {
              var _ = delete(record.getRef());
            }
            return quieten();
          });
    } catch (IOException | RuntimeException e) {
      LOG.warn("can't remove old build records: {}", BuildException.describe(e));
    }
  }

  /** Removes records that lack a blob. */
  void dropDamaged() throws IOException {
    for (var ref : locked(rows::damaged)) {
      LOG.warn("deleting build record {} due to missing blobs", ref);
      var _ = locked(() -> remove(ref));
    }
  }
}
