package org.jbuildkit.client.progress;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jspecify.annotations.Nullable;

/** Progress as lines of text: one entry at a time, each line with its entry's number. */
final class PlainDisplay implements Display {
  private static final double MIN_GROWTH = 0.05;
  private static final Duration MIN_PAUSE = Duration.ofSeconds(5);
  private static final int FAILED_LINES = 10;
  private static final int TRUNCATED = 72;

  private final ProgressOutput out;
  private final boolean truncate;
  private final Trace trace = new Trace();
  private final Map<String, Entry.Line> lastLines = new HashMap<>();
  private @Nullable Entry current;
  private int numbers;
  private boolean printedAny;

  PlainDisplay(ProgressOutput out, boolean truncate, ProgressHeading heading) {
    this.out = out;
    this.truncate = truncate;
    if (!heading.line().isEmpty()) {
      out.line("#0 " + heading.line());
      out.line("");
    }
  }

  @Override
  public void add(StatusResponse update) {
    trace.add(update);
  }

  @Override
  public void refresh() {
    var completed = new ArrayList<Entry>();
    var rest = new ArrayList<Entry>();
    for (var entry : trace.changed) {
      if (!entry.hidden && entry.isStarted()) {
        (entry.isCompleted() ? completed : rest).add(entry);
      }
    }
    completed.sort(Comparator.comparing(entry -> entry.intervals.completed().orElse(Instant.MAX)));
    var before = current;
    boolean currentCompleted = before != null && completed.remove(before);
    if (before != null && currentCompleted) {
      print(before);
    }
    completed.forEach(this::print);
    if (rest.isEmpty()) {
      showAnyRunning();
    } else {
      showOneOf(rest, currentCompleted);
    }
    out.flush();
  }

  private void showAnyRunning() {
    if (current != null && current.isStarted() && !current.isCompleted()) {
      return;
    }
    trace.listed.stream()
        .filter(entry -> !entry.hidden && entry.isStarted() && !entry.isCompleted())
        .findFirst()
        .ifPresent(this::print);
  }

  private void showOneOf(List<Entry> rest, boolean currentCompleted) {
    var shown = current;
    if (shown != null && rest.contains(shown)) {
      print(shown);
    } else if (shown != null) {
      rest.add(shown);
    }
    var choice = new EntryChoice(rest, current);
    if (current == null || currentCompleted || choice.shouldSwitch()) {
      print(choice.best());
    }
  }

  private void print(Entry entry) {
    if (entry.number == 0) {
      entry.number = ++numbers;
    }
    var tag = "#" + entry.number + " ";
    if (!entry.equals(current)) {
      leaveCurrent();
      if (printedAny) {
        out.line("");
      }
      printedAny = true;
      out.line(tag + name(entry));
    }
    boolean open = printLines(entry, tag);
    for (; entry.printedWarnings < entry.warnings.size(); entry.printedWarnings++) {
      out.line(tag + "WARN: " + entry.warnings.get(entry.printedWarnings));
    }
    printLogs(entry, tag);
    current = entry;
    if (entry.isCompleted() && !open) {
      current = null;
      entry.changes = 0;
      if (entry.logs.isPartial() && entry.logs.printedOfNext > 0) {
        out.line("");
        entry.logs.printedOfNext = 0;
        entry.logs.printed = entry.logs.all.size();
      }
      out.line(tag + conclusion(entry));
    }
    trace.changed.remove(entry);
  }

  private void leaveCurrent() {
    var left = current;
    if (left == null) {
      return;
    }
    if (left.logs.printedOfNext > 0) {
      out.line("");
      left.logs.printedOfNext = 0;
    }
    left.changes = 0;
    out.line("#" + left.number + " ...");
  }

  private String name(Entry entry) {
    var bytes = entry.name.getBytes(StandardCharsets.UTF_8);
    return truncate && bytes.length > TRUNCATED
        ? new String(bytes, 0, TRUNCATED, StandardCharsets.UTF_8) + "..."
        : entry.name;
  }

  private boolean printLines(Entry entry, String tag) {
    boolean open = false;
    for (var line : entry.lines.values()) {
      if (!entry.changedLines.contains(line.id()) || isTooSoon(line)) {
        continue;
      }
      lastLines.put(line.id(), line);
      var text = new StringBuilder(tag).append(line.id());
      if (line.total() != 0) {
        text.append(' ').append(ByteAmount.of(line.current()));
        text.append(" / ").append(ByteAmount.of(line.total()));
      } else if (line.current() != 0) {
        text.append(' ').append(ByteAmount.of(line.current()));
      }
      var end = line.completed().orElse(line.timestamp());
      line.started()
          .map(start -> Duration.between(start, end).toNanos() / 1e9)
          .filter(seconds -> seconds > 0.01)
          .ifPresent(s -> text.append(' ').append(ByteAmount.decimals(s, 1)).append('s'));
      if (line.completed().isPresent()) {
        text.append(" done");
      } else {
        open = true;
      }
      out.line(text.toString());
    }
    entry.changedLines.clear();
    return open;
  }

  private boolean isTooSoon(Entry.Line line) {
    var last = lastLines.get(line.id());
    if (last == null || line.completed().isPresent()) {
      return false;
    }
    double growth =
        line.total() > 0 ? (double) (line.current() - last.current()) / line.total() : 0;
    var pause = Duration.between(last.timestamp(), line.timestamp());
    return growth < MIN_GROWTH && pause.compareTo(MIN_PAUSE) < 0;
  }

  private void printLogs(Entry entry, String tag) {
    var logs = entry.logs;
    for (int i = logs.printed; i < logs.all.size(); i++) {
      var line = logs.all.get(i).toString();
      out.raw(logs.printedOfNext > 0 ? "" : tag);
      out.rawBytes(line.substring(logs.printedOfNext));
      boolean unfinished = i == logs.all.size() - 1 && logs.isPartial();
      if (unfinished) {
        logs.printedOfNext = line.length();
      } else {
        out.line("");
        logs.printed = i + 1;
        logs.printedOfNext = 0;
      }
    }
  }

  private static String conclusion(Entry entry) {
    if (!entry.error.isEmpty()) {
      return entry.isCanceled() ? "CANCELED" : "ERROR: " + entry.error;
    }
    return entry.cached
        ? "CACHED"
        : "DONE " + ByteAmount.decimals(entry.intervals.seconds(Instant.now()), 1) + "s";
  }

  @Override
  public void finish() {
    refresh();
    for (var entry : trace.listed) {
      if (!entry.error.isEmpty() && !entry.isCanceled()) {
        var lines = entry.logs.lines();
        FailedStep.print(
            out, entry, lines.subList(Math.max(0, lines.size() - FAILED_LINES), lines.size()));
      }
    }
    out.flush();
  }
}
