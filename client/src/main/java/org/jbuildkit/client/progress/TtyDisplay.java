package org.jbuildkit.client.progress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.control.StatusResponse;

/** Progress as a block of lines that is drawn again and again at the same place of a terminal. */
final class TtyDisplay implements Display {
  private static final String ESC = "\u001b[";

  /** One line of the block: what it says, how long it took, and whether and how it ended. */
  private record Job(
      String name, String status, Intervals intervals, boolean completed, String color) {}

  private final ProgressOutput out;
  private final Terminal terminal;
  private final ProgressHeading heading;
  private final boolean colors;
  private final Trace trace = new Trace();
  private final Instant created = Instant.now();
  private boolean started;
  private int drawnLines;
  private boolean drawn;

  private TtyDisplay(
      ProgressOutput out, Terminal terminal, ProgressHeading heading, boolean colors) {
    this.out = out;
    this.terminal = terminal;
    this.heading = heading;
    this.colors = colors;
  }

  static TtyDisplay of(
      ProgressOutput out,
      Terminal terminal,
      ProgressHeading heading,
      Map<String, String> environment) {
    boolean colors = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new TtyDisplay(out, terminal, heading, colors);
  }

  @Override
  public void add(StatusResponse update) {
    trace.add(update);
    started |= !trace.listed.isEmpty();
  }

  @Override
  public void refresh() {
    draw(false);
  }

  @Override
  public void finish() {
    draw(true);
    for (var entry : trace.listed) {
      if (!entry.error.isEmpty() && !entry.isCanceled()) {
        FailedStep.print(out, entry, entry.logs.lines());
      }
    }
    out.flush();
  }

  private Terminal.Size size() {
    try {
      var size = terminal.size();
      if (size.columns() > 0 && size.rows() > 0) {
        return size;
      }
    } catch (IOException _) {
      // The terminal has gone; a small one is assumed.
    }
    return new Terminal.Size(80, 10);
  }

  private void draw(boolean last) {
    var size = size();
    int width = size.columns();
    if (drawn) {
      out.raw((ESC + "1A").repeat(drawnLines + 1));
    } else {
      out.raw(ESC + "1A" + ESC + "1B");
    }
    drawn = true;
    out.raw(ESC + "0G" + ESC + "?25l");
    out.line(header(last, width));
    int lines = 0;
    for (var job : visible(last ? Integer.MAX_VALUE : size.rows() - 2)) {
      lines += drawJob(job, width) ? 1 : 0;
    }
    int vanished = drawnLines - lines;
    if (vanished > 0) {
      for (int i = 0; i < vanished; i++) {
        out.line(" ".repeat(width));
      }
      out.raw(ESC + vanished + "A" + ESC + "0G");
    }
    drawnLines = lines;
    out.raw(ESC + "?25h");
    out.flush();
  }

  private String header(boolean last, int width) {
    int done = trace.done();
    int total = trace.total();
    var text = new StringBuilder("[+] ").append(heading.phase()).append(' ');
    text.append(ByteAmount.decimals(elapsed(), 1)).append("s (");
    text.append(done).append('/').append(started ? total : Math.max(1, total)).append(") ");
    if (last && done > 0 && done == total) {
      text.append("FINISHED");
    }
    while (text.length() + heading.builder().length() < width) {
      text.append(' ');
    }
    return text.append(heading.builder()).substring(0, width);
  }

  private double elapsed() {
    return started ? Duration.between(created, Instant.now()).toNanos() / 1e9 : 0;
  }

  private List<Job> visible(int limit) {
    var jobs = jobs();
    if (jobs.size() <= limit) {
      return jobs;
    }
    var shown = new ArrayList<>(jobs.subList(jobs.size() - limit, jobs.size()));
    var unfinished =
        new ArrayList<>(
            jobs.subList(0, jobs.size() - limit).stream().filter(job -> !job.completed).toList());
    int wanted = unfinished.size();
    int removed = 0;
    for (int i = 0, seen = 0; seen < wanted && i < shown.size(); seen++) {
      if (shown.get(i).completed) {
        shown.remove(i);
        removed++;
      } else {
        i++;
      }
    }
    shown.addAll(0, unfinished.subList(wanted - removed, wanted));
    return shown;
  }

  private List<Job> jobs() {
    var jobs = new ArrayList<Job>();
    for (var entry : trace.listed) {
      if (entry.hidden) {
        continue;
      }
      jobs.add(new Job(title(entry), "", entry.intervals, entry.isCompleted(), color(entry)));
      for (var line : entry.lines.values()) {
        jobs.add(statusJob(entry, line));
      }
      for (var warning : entry.warnings) {
        jobs.add(new Job("WARN: " + warning, "", entry.intervals, false, ""));
      }
    }
    return jobs;
  }

  private static Job statusJob(Entry entry, Entry.Line line) {
    var intervals = new Intervals();
    line.started().ifPresent(start -> intervals.put(new Intervals.Span(start, line.completed())));
    var amount =
        line.total() != 0
            ? ByteAmount.of(line.current()) + " / " + ByteAmount.of(line.total())
            : line.current() != 0 ? ByteAmount.of(line.current()) : "";
    return new Job(
        "=> " + line.id(), amount, intervals, line.completed().isPresent(), color(entry));
  }

  private static String title(Entry entry) {
    var name = entry.name.replace('\t', ' ');
    if (!entry.error.isEmpty()) {
      name = (entry.isCanceled() ? "CANCELED " : "ERROR ") + name;
    }
    return entry.cached ? "CACHED " + name : name;
  }

  private static String color(Entry entry) {
    if (entry.error.isEmpty()) {
      return "34";
    }
    return entry.isCanceled() ? "33" : "31";
  }

  private boolean drawJob(Job job, int width) {
    if (job.intervals.isEmpty()) {
      return false;
    }
    double seconds = job.intervals.seconds(Instant.now());
    var timer = " " + ByteAmount.decimals(seconds < 0.05 ? 0 : seconds, 1) + "s";
    int left = width - 4 - (timer.length() + 1) - 1;
    boolean withStatus = !job.status.isEmpty() && left + job.status.length() > 20;
    left -= withStatus ? job.status.length() + 1 : 0;
    if (left < 12) {
      return false;
    }
    var text = new StringBuilder(" => ").append(cut(job.name, left));
    if (withStatus) {
      text.append(' ').append(job.status);
    }
    int target = width - (timer.length() + 1) - 1;
    while (text.codePointCount(0, text.length()) < target) {
      text.append(' ');
    }
    text.append(' ').append(timer).append('\n');
    boolean colored = colors && job.completed;
    out.raw(colored ? ESC + job.color + "m" + text + ESC + "0m" : text.toString());
    return true;
  }

  private static String cut(String name, int bytes) {
    var encoded = name.getBytes(StandardCharsets.UTF_8);
    return encoded.length <= bytes ? name : new String(encoded, 0, bytes, StandardCharsets.UTF_8);
  }
}
