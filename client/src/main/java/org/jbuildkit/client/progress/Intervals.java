package org.jbuildkit.client.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** When something ran: spans of time by their start, some of them still open. */
final class Intervals {
  /** One span; no end while it is open. */
  record Span(Instant start, Optional<Instant> end) {}

  private final TreeMap<Instant, Span> spans = new TreeMap<>();

  /** Adds a span, replacing one with the same start. */
  void put(Span span) {
    spans.put(span.start, span);
  }

  void putAll(Intervals other) {
    spans.putAll(other.spans);
  }

  boolean isEmpty() {
    return spans.isEmpty();
  }

  /** Overlapping and touching spans joined; an open one swallows all after it. */
  private List<Span> merged() {
    var merged = new ArrayList<Span>();
    for (var span : spans.values()) {
      var last = merged.isEmpty() ? Optional.<Span>empty() : Optional.of(merged.getLast());
      if (last.isPresent() && last.get().end.isEmpty()) {
        break;
      }
      boolean apart =
          last.isEmpty() || last.get().end.filter(end -> end.isBefore(span.start)).isPresent();
      if (apart) {
        merged.add(span);
        continue;
      }
      var end =
          span.end.isEmpty()
              ? span.end
              : last.get().end.filter(e -> e.isAfter(span.end.get())).or(() -> span.end);
      merged.set(merged.size() - 1, new Span(last.get().start, end));
    }
    return merged;
  }

  boolean isCompleted() {
    var merged = merged();
    return !merged.isEmpty() && merged.getLast().end.isPresent();
  }

  /** The end of the last span, if all have ended. */
  Optional<Instant> completed() {
    var merged = merged();
    return merged.isEmpty() ? Optional.empty() : merged.getLast().end;
  }

  /** The latest start. */
  Optional<Instant> latestStart() {
    return Optional.ofNullable(spans.lastEntry()).map(Map.Entry::getKey);
  }

  /** The sum of all spans in seconds; an open one lasts until {@code now}. */
  double seconds(Instant now) {
    double sum = 0;
    for (var span : merged()) {
      sum += Duration.between(span.start, span.end.orElse(now)).toNanos() / 1e9;
    }
    return sum;
  }
}
