package org.jbuildkit.engine.exec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.solver.VertexReport;

/**
 * Passes a process's output on as the vertex's log, within limits. What comes after the first clip
 * is kept up to a size, to be shown should the step fail. As BuildKit's {@code util/progress/logs}.
 * Also remembers what the process used.
 */
final class StepLog implements ProcessOutput {
  private static final int TAIL = 256 * 1024;

  private final VertexReport report;
  private final LogLimits limits;
  private final Clock clock;
  private final Stream stdout;
  private final Stream stderr;
  private volatile Optional<StepUsage> usage = Optional.empty();

  StepLog(VertexReport report, LogLimits limits, Clock clock) {
    this.report = report;
    this.limits = limits;
    this.clock = clock;
    this.stdout = new Stream(STDOUT, clock.instant());
    this.stderr = new Stream(STDERR, clock.instant());
  }

  @Override
  public void write(int stream, byte[] data) {
    (stream == STDERR ? stderr : stdout).write(data);
  }

  @Override
  public void used(StepUsage measured) {
    usage = Optional.of(measured);
  }

  /** What the step used, once it has ended. */
  Optional<StepUsage> usage() {
    return usage;
  }

  /** Shows the end of what was clipped. */
  void showTail() {
    stdout.showTail();
    stderr.showTail();
  }

  private final class Stream {
    private final int number;
    private final Instant created;
    private final Tail tail = new Tail();
    private long passed;
    private boolean clipping;
    private boolean clippedOnce;

    Stream(int number, Instant created) {
      this.number = number;
      this.created = created;
    }

    synchronized void write(byte[] data) {
      long budget = limits.budget(java.time.Duration.between(created, clock.instant()));
      int take = (int) Math.clamp(budget - passed, 0L, data.length);
      passed += take;
      if (take == data.length) {
        clipping = false;
        send(data);
      } else {
        clip(data, take, budget);
      }
      if (clippedOnce) {
        tail.add(data);
      }
    }

    private void clip(byte[] data, int take, long budget) {
      var out = new ByteArrayOutputStream();
      out.write(data, 0, take);
      if (!clipping) {
        out.writeBytes(limits.notice(budget).getBytes(StandardCharsets.UTF_8));
        clipping = true;
        clippedOnce = true;
      }
      send(out.toByteArray());
    }

    private void send(byte[] data) {
      if (data.length > 0) {
        report.log(number, data);
      }
    }

    synchronized void showTail() {
      if (clippedOnce) {
        send(tail.bytes());
      }
    }
  }

  /** The last bytes of a stream. */
  private static final class Tail {
    private final byte[] ring = new byte[TAIL];
    private long written;

    void add(byte[] data) {
      int from = Math.max(0, data.length - TAIL);
      for (int i = from; i < data.length; i++) {
        ring[(int) ((written + i) % TAIL)] = data[i];
      }
      written += data.length;
    }

    byte[] bytes() {
      int size = (int) Math.min(written, TAIL);
      var out = new byte[size];
      for (int i = 0; i < size; i++) {
        out[i] = ring[(int) ((written - size + i) % TAIL)];
      }
      return out;
    }
  }
}
