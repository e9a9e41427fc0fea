package org.jbuildkit.client.progress;

import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.linux.Terminal;
import org.jbuildkit.protocol.control.StatusResponse;

/**
 * Prints progress on a thread of its own. Messages may be given by any thread; {@link #close} waits
 * until everything is printed.
 */
public final class ProgressPrinter implements AutoCloseable {
  private static final long DRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private final LinkedBlockingQueue<Optional<StatusResponse>> queue = new LinkedBlockingQueue<>();
  private final ClockShift clock = new ClockShift();
  private final Display display;
  private final long drawNanos;
  private final long idleNanos;
  private final Thread thread;

  private ProgressPrinter(Display display, Map<String, String> environment) {
    this.display = display;
    var rate =
        Optional.ofNullable(environment.get("TTY_DISPLAY_RATE"))
            .filter(text -> text.matches("[0-9]{1,6}"))
            .map(text -> TimeUnit.MILLISECONDS.toNanos(Long.parseLong(text)))
            .filter(nanos -> nanos > 0);
    this.drawNanos = rate.orElse(DRAW_NANOS);
    this.idleNanos = rate.orElse(IDLE_NANOS);
    this.thread = Thread.ofVirtual().name("progress").unstarted(this::run);
  }

  /**
   * Starts a display.
   *
   * @param mode {@code auto}, {@code plain}, {@code tty}, {@code rawjson} or {@code quiet}
   * @param descriptor the stream's file descriptor, to see whether it is a terminal
   */
  public static ProgressPrinter start(
      String mode,
      PrintStream stream,
      int descriptor,
      ProgressHeading heading,
      Map<String, String> environment) {
    var wanted = mode;
    if (mode.equals("auto")) {
      var preset = environment.getOrDefault("BUILDKIT_PROGRESS", "");
      wanted = preset.isEmpty() ? mode : preset;
    }
    var out = new ProgressOutput(stream);
    boolean truncate = "0".equals(environment.get("PROGRESS_NO_TRUNC"));
    var printer =
        new ProgressPrinter(
            switch (wanted) {
              case "auto", "" ->
                  Terminal.at(descriptor)
                      .<Display>map(t -> TtyDisplay.of(out, t, heading, environment))
                      .orElseGet(() -> new PlainDisplay(out, truncate, heading));
              case "tty" ->
                  Terminal.at(descriptor)
                      .<Display>map(t -> TtyDisplay.of(out, t, heading, environment))
                      .orElseThrow(() ->
                          BuildException.failed(
                              "failed to get console: provided file is not a console"));
              case "plain" -> new PlainDisplay(out, truncate, heading);
              case "rawjson" -> new RawJsonDisplay(out);
              case "quiet" -> new QuietDisplay();
              default -> throw BuildException.failed("invalid progress mode " + wanted);
            },
            environment);
    printer.thread.start();
    return printer;
  }

  public void add(StatusResponse update) {
    queue.add(Optional.of(update));
  }

  private void run() {
    long lastDraw = System.nanoTime() - drawNanos;
    boolean dirty = true;
    try {
      while (true) {
        long wait = dirty ? lastDraw + drawNanos - System.nanoTime() : idleNanos;
        var next = queue.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        if (next != null) {
          if (next.isEmpty()) {
            display.finish();
            return;
          }
          display.add(clock.apply(next.get()));
          dirty = true;
        }
        if (next == null || System.nanoTime() - lastDraw >= drawNanos) {
          display.refresh();
          lastDraw = System.nanoTime();
          dirty = false;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Prints what is left. */
  @Override
  public void close() {
    queue.add(Optional.empty());
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class QuietDisplay implements Display {
    @Override
    public void add(StatusResponse update) {}

    @Override
    public void refresh() {}

    @Override
    public void finish() {}
  }
}
