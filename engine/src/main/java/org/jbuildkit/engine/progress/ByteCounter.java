package org.jbuildkit.engine.progress;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.solver.VertexReport;

/** Counts bytes of a transfer and tells the sum at most ten times a second, and at the end. */
public final class ByteCounter implements AutoCloseable {
  private static final Duration PACE = Duration.ofMillis(100);

  private final VertexReport report;
  private final Clock clock;
  private final String id;
  private final String name;
  private final long total;
  private final Instant started;
  private Instant told;
  private long current;
  private boolean closed;

  ByteCounter(VertexReport report, Clock clock, String id, String name, long total) {
    this.report = report;
    this.clock = clock;
    this.id = id;
    this.name = name;
    this.total = total;
    this.started = clock.instant();
    this.told = started;
  }

  public synchronized void add(long bytes) {
    set(current + bytes);
  }

  public synchronized void set(long bytes) {
    current = bytes;
    var now = clock.instant();
    if (Duration.between(told, now).compareTo(PACE) >= 0) {
      told = now;
      tell(now, Optional.empty());
    }
  }

  private void tell(Instant now, Optional<Instant> completed) {
    report.status(
        new VertexReport.Status(id, name, current, total, now, Optional.of(started), completed));
  }

  /** Tells the final sum as completed. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      var now = clock.instant();
      tell(now, Optional.of(now));
    }
  }
}
