package org.jbuildkit.client.progress;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.protocol.control.VertexWarning;

/** All that is known of a build's progress. Used by one thread. */
final class Trace {
  private final BiConsumer<Entry, byte[]> output;
  private final Map<String, Entry> byVertex = new HashMap<>();
  private final Map<String, Entry> groups = new LinkedHashMap<>();

  /** Entries in the order in which they started. */
  final List<Entry> listed = new ArrayList<>();

  /** Entries changed since they were last printed. */
  final Set<Entry> changed = new LinkedHashSet<>();

  Trace() {
    this((_, _) -> {});
  }

  /**
   * @param output gets what steps print, as it comes
   */
  Trace(BiConsumer<Entry, byte[]> output) {
    this.output = output;
  }

  /** Takes one message; its times are on this machine's clock. */
  void add(StatusResponse update) {
    long now = System.nanoTime();
    update.getVertexesList().forEach(vertex -> add(vertex, now));
    update.getStatusesList().forEach(status -> add(status, now));
    update.getWarningsList().forEach(warning -> add(warning, now));
    update.getLogsList().forEach(log -> add(log, now));
  }

  private void add(Vertex vertex, long now) {
    if (vertex.hasProgressGroup()) {
      addMember(vertex, now);
      return;
    }
    var entry = byVertex.computeIfAbsent(vertex.getDigest(), Entry::new);
    entry.countChange(now);
    if (entry.isStarted() && !vertex.hasStarted()) {
      return; // an announcement that comes again
    }
    entry.name = vertex.getName();
    entry.cached = vertex.getCached();
    entry.error = vertex.getError();
    span(vertex).ifPresent(entry.intervals::put);
    started(entry);
  }

  private void started(Entry entry) {
    if (entry.isStarted()) {
      if (!entry.listed) {
        entry.listed = true;
        listed.add(entry);
      }
      changed.add(entry);
    }
  }

  private void addMember(Vertex vertex, long now) {
    var group = vertex.getProgressGroup();
    var entry =
        groups.computeIfAbsent(
            group.getId(),
            id -> {
              var fresh = new Entry(id);
              fresh.hidden = true;
              return fresh;
            });
    byVertex.put(vertex.getDigest(), entry);
    entry.countChange(now);
    entry.name = group.getName();
    if (!entry.error.isEmpty() || (!group.getWeak() && vertex.hasStarted())) {
      entry.hidden = false;
    }
    var before = entry.members.get(vertex.getDigest());
    if (before == null || vertex.hasStarted() || !before.hasStarted()) {
      entry.members.put(vertex.getDigest(), vertex);
    }
    span(vertex).ifPresent(entry.intervals::put);
    entry.cached = entry.members.values().stream().allMatch(Vertex::getCached);
    entry.error =
        entry.members.values().stream()
            .map(Vertex::getError)
            .filter(error -> !error.isEmpty())
            .findFirst()
            .orElse("");
    started(entry);
  }

  private static Optional<Intervals.Span> span(Vertex vertex) {
    return vertex.hasStarted()
        ? Optional.of(
            new Intervals.Span(
                instant(vertex.getStarted()),
                vertex.hasCompleted()
                    ? Optional.of(instant(vertex.getCompleted()))
                    : Optional.empty()))
        : Optional.empty();
  }

  private Optional<Entry> entry(String digest, long now) {
    var entry = Optional.ofNullable(byVertex.get(digest));
    entry.ifPresent(found -> {
      found.countChange(now);
      changed.add(found);
    });
    return entry;
  }

  private void add(VertexStatus status, long now) {
    entry(status.getVertex(), now)
        .ifPresent(entry -> {
          entry.lines.put(
              status.getID(),
              new Entry.Line(
                  status.getID(),
                  status.getCurrent(),
                  status.getTotal(),
                  instant(status.getTimestamp()),
                  status.hasStarted()
                      ? Optional.of(instant(status.getStarted()))
                      : Optional.empty(),
                  status.hasCompleted()
                      ? Optional.of(instant(status.getCompleted()))
                      : Optional.empty()));
          entry.changedLines.add(status.getID());
        });
  }

  private void add(VertexWarning warning, long now) {
    entry(warning.getVertex(), now)
        .ifPresent(entry -> entry.warnings.add(warning.getShort().toStringUtf8()));
  }

  private void add(VertexLog log, long now) {
    entry(log.getVertex(), now)
        .ifPresent(entry -> {
          double seconds =
              entry
                  .intervals
                  .latestStart()
                  .map(
                      start -> Duration.between(start, instant(log.getTimestamp())).toNanos() / 1e9)
                  .orElse(0.0);
          entry.logs.add(log.getMsg().toByteArray(), seconds);
          output.accept(entry, log.getMsg().toByteArray());
        });
  }

  /** How many vertices and groups are known and not hidden. */
  int total() {
    long hidden = groups.values().stream().filter(group -> group.hidden).count();
    return (int) (byVertex.size() + groups.size() - hidden);
  }

  /** How many of {@link #total} have ended. */
  int done() {
    long vertices = byVertex.values().stream().filter(Entry::isCompleted).count();
    long shown =
        groups.values().stream().filter(group -> !group.hidden && group.isCompleted()).count();
    return (int) (vertices + shown);
  }

  static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
