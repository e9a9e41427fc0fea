package org.jbuildkit.client.progress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.control.StatusResponse;

/** Progress as a block of lines that is drawn again and again at the same place of a terminal. */
final class TtyDisplay implements Display {
  private static final String ESC = "\u001b[";

  private static final int MIN_WINDOW = 6;
  private static final int WINDOW_MARGIN = 10;
  private static final int FRAME_WEIGHT = 50;

  private final ProgressOutput out;
  private final Supplier<Terminal.Size> sizes;
  private final ProgressHeading heading;
  private final DisplayColors colors;
  private final int wantedWindow;
  private final Trace trace;
  private final Map<Entry, Window> windows = new HashMap<>();
  private final Supplier<Instant> clock;
  private final Instant created;
  private boolean started;
  private int drawnLines;
  private boolean drawn;

  /** What of an entry's output may be shown. */
  private static final class Window {
    private final LogWindow log;
    private long bytes;
    private int frames;

    private Window(LogWindow log) {
      this.log = log;
    }
  }

  /**
   * @param sizes of the terminal, asked for each time something is drawn
   */
  TtyDisplay(
      ProgressOutput out,
      Supplier<Terminal.Size> sizes,
      ProgressHeading heading,
      Map<String, String> environment,
      Supplier<Instant> clock) {
    this.out = out;
    this.sizes = sizes;
    this.heading = heading;
    this.colors = DisplayColors.of(environment, _ -> {});
    this.wantedWindow = windowLines(environment);
    this.trace = new Trace(this::addOutput);
    this.clock = clock;
    this.created = clock.get();
  }

  static TtyDisplay of(
      ProgressOutput out,
      Terminal terminal,
      ProgressHeading heading,
      Map<String, String> environment) {
    return new TtyDisplay(out, () -> size(terminal), heading, environment, Instant::now);
  }

  private static int windowLines(Map<String, String> environment) {
    var lines = environment.getOrDefault("BUILDKIT_TTY_LOG_LINES", "");
    boolean counts = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return counts && lines.matches("0*[1-9][0-9]{0,4}") ? Integer.parseInt(lines) : MIN_WINDOW;
  }

  private static Terminal.Size size(Terminal terminal) {
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

  private int windowHeight(int rows) {
    return Math.max(MIN_WINDOW, Math.min(wantedWindow, rows - MIN_WINDOW - 1));
  }

  private void addOutput(Entry entry, byte[] output) {
    var window =
        windows.computeIfAbsent(
            entry,
            _ -> {
              var size = sizes.get();
              return new Window(
                  new LogWindow(windowHeight(size.rows()), size.columns() - WINDOW_MARGIN));
            });
    window.log.write(output);
    window.bytes += output.length;
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

  private void draw(boolean last) {
    var size = sizes.get();
    int width = size.columns();
    if (drawn) {
      out.raw((ESC + "1A").repeat(drawnLines + 1));
    } else {
      out.raw(ESC + "1A" + ESC + "1B");
    }
    drawn = true;
    out.raw(ESC + "0G" + ESC + "?25l");
    out.line(header(last, width));
    int lines = drawJobs(size, last);
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

  private int drawJobs(Terminal.Size size, boolean last) {
    var jobs = new ArrayList<TtyJob>();
    for (var entry : trace.listed) {
      if (!entry.hidden) {
        jobs.addAll(TtyJob.of(entry, colors));
      }
    }
    var shown = shownWindows(jobs, size);
    int rows = shown.values().stream().mapToInt(List::size).sum();
    int lines = 0;
    for (var job : last ? jobs : TtyJob.fitting(jobs, size.rows() - 2 - rows)) {
      if (drawJob(job, size.columns())) {
        lines++;
      }
      for (var row : job.entry().map(shown::get).orElse(List.of())) {
        out.raw(ESC + "2m => => # " + row + "\n" + ESC + "0m");
        lines++;
      }
    }
    return lines;
  }

  /** The output of running steps that there is room for, the busiest first. */
  private Map<Entry, List<String>> shownWindows(List<TtyJob> jobs, Terminal.Size size) {
    int height = windowHeight(size.rows());
    int free = size.rows() - 2 - (int) jobs.stream().filter(job -> !job.completed()).count();
    var candidates =
        jobs.stream()
            .flatMap(job -> job.entry().stream())
            .filter(entry -> !entry.isCompleted() && windows.containsKey(entry))
            .sorted(Comparator.comparingLong(this::weight).reversed())
            .toList();
    var shown = new HashMap<Entry, List<String>>();
    for (var entry : candidates) {
      var window = windows.get(entry);
      if (free <= height + 3 || window == null) {
        break;
      }
      window.log.resize(height, size.columns() - WINDOW_MARGIN);
      window.frames++;
      shown.put(entry, window.log.visible());
      free -= height + 3;
    }
    return shown;
  }

  private long weight(Entry entry) {
    var window = windows.get(entry);
    return window == null ? 0 : window.bytes + (long) FRAME_WEIGHT * window.frames;
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
    var end = heading.builder().isEmpty() ? "" : " " + heading.builder();
    int left = end.isEmpty() ? width : width - end.length() - 1;
    text.append(" ".repeat(Math.max(0, left - text.length()))).append(end);
    return text.length() > width ? text.substring(0, width) : text.toString();
  }

  private double elapsed() {
    return started ? Duration.between(created, clock.get()).toNanos() / 1e9 : 0;
  }

  private boolean drawJob(TtyJob job, int width) {
    if (job.intervals().isEmpty()) {
      return false;
    }
    double seconds = job.intervals().seconds(clock.get());
    var timer = " " + ByteAmount.decimals(seconds < 0.05 ? 0 : seconds, 1) + "s";
    int left = width - 4 - (timer.length() + 1) - 1;
    boolean withStatus = !job.status().isEmpty() && left + job.status().length() > 20;
    left -= withStatus ? job.status().length() + 1 : 0;
    if (left < 12) {
      return false;
    }
    var text = new StringBuilder(" => ").append(cut(job.name(), left));
    if (withStatus) {
      text.append(' ').append(job.status());
    }
    int target = width - (timer.length() + 1) - 1;
    while (text.codePointCount(0, text.length()) < target) {
      text.append(' ');
    }
    text.append(' ').append(timer).append('\n');
    boolean colored = job.completed() && !job.color().isEmpty();
    out.raw(colored ? ESC + job.color() + "m" + text + ESC + "0m" : text.toString());
    return true;
  }

  private static String cut(String name, int bytes) {
    var encoded = name.getBytes(StandardCharsets.UTF_8);
    return encoded.length <= bytes ? name : new String(encoded, 0, bytes, StandardCharsets.UTF_8);
  }
}
