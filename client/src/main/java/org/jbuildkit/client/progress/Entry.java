package org.jbuildkit.client.progress;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.protocol.control.Vertex;

/** What is shown as one unit: a vertex, or all vertices of a progress group. */
final class Entry {
  /** A status line of the entry: its last state. */
  record Line(
      String id,
      long current,
      long total,
      Instant timestamp,
      Optional<Instant> started,
      Optional<Instant> completed) {}

  final String key;
  String name = "";
  String error = "";
  boolean cached;
  boolean hidden;

  /** Whether it has its place among those shown; it gets one when it starts. */
  boolean listed;

  final Intervals intervals = new Intervals();
  final Map<String, Line> lines = new LinkedHashMap<>();
  final Set<String> changedLines = new LinkedHashSet<>();
  final List<String> warnings = new ArrayList<>();
  final LogLines logs = new LogLines();

  /** The members of a group by digest; empty for a vertex. */
  final Map<String, Vertex> members = new LinkedHashMap<>();

  /** Number in plain output; 0 until it is first printed. */
  int number;

  int printedWarnings;

  /** Changes since the entry was last left or finished. */
  int changes;

  long firstChangeNanos;

  Entry(String key) {
    this.key = key;
  }

  boolean isStarted() {
    return !intervals.isEmpty();
  }

  boolean isCompleted() {
    return intervals.isCompleted();
  }

  boolean isCanceled() {
    return error.endsWith("context canceled");
  }

  void countChange(long now) {
    if (changes++ == 0) {
      firstChangeNanos = now;
    }
  }
}
