package org.jbuildkit.client.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of a terminal's block: what it says, how long it took, and whether and how it ended.
 *
 * @param entry whose own line this is; its output may be shown below
 */
record TtyJob(
    Optional<Entry> entry,
    String name,
    String status,
    Intervals intervals,
    boolean completed,
    String color) {

  /** The lines of an entry: its own, one for each status, one for each warning. */
  static List<TtyJob> of(Entry entry, DisplayColors colors) {
    var color = color(entry, colors);
    var jobs = new ArrayList<TtyJob>();
    jobs.add(
        new TtyJob(
            Optional.of(entry), title(entry), "", entry.intervals, entry.isCompleted(), color));
    for (var line : entry.lines.values()) {
      jobs.add(status(line, color));
    }
    for (var warning : entry.warnings) {
      // A warning never counts as completed, whatever becomes of its step.
      jobs.add(new TtyJob(Optional.empty(), "WARN: " + warning, "", entry.intervals, false, ""));
    }
    return jobs;
  }

  private static TtyJob status(Entry.Line line, String color) {
    var intervals = new Intervals();
    line.started().ifPresent(start -> intervals.put(new Intervals.Span(start, line.completed())));
    var amount =
        line.total() != 0
            ? ByteAmount.of(line.current()) + " / " + ByteAmount.of(line.total())
            : line.current() != 0 ? ByteAmount.of(line.current()) : "";
    return new TtyJob(
        Optional.empty(),
        "=> " + line.id(),
        amount,
        intervals,
        line.completed().isPresent(),
        color);
  }

  private static String title(Entry entry) {
    var name = entry.name.replace('\t', ' ');
    if (!entry.error.isEmpty()) {
      name = (entry.isCanceled() ? "CANCELED " : "ERROR ") + name;
    }
    return entry.cached ? "CACHED " + name : name;
  }

  private static String color(Entry entry, DisplayColors colors) {
    if (entry.error.isEmpty()) {
      return colors.run();
    }
    return entry.isCanceled() ? colors.cancel() : colors.error();
  }

  /** The lines that there is room for: the last ones, and those cut off that still run on top. */
  static List<TtyJob> fitting(List<TtyJob> jobs, int limit) {
    if (limit < 0) {
      return List.of();
    }
    if (jobs.size() <= limit) {
      return jobs;
    }
    var cut = jobs.subList(0, jobs.size() - limit);
    var shown = new ArrayList<>(jobs.subList(jobs.size() - limit, jobs.size()));
    var unfinished = cut.stream().filter(job -> !job.completed).toList();
    int first = Math.min(unfinished.size(), shown.size());
    var kept =
        new ArrayList<>(shown.subList(0, first).stream().filter(job -> !job.completed).toList());
    int free = first - kept.size();
    var result = new ArrayList<TtyJob>();
    result.addAll(unfinished.subList(unfinished.size() - free, unfinished.size()));
    result.addAll(kept);
    result.addAll(shown.subList(first, shown.size()));
    return result;
  }
}
