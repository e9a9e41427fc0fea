package org.jbuildkit.engine.progress;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.solver.VertexReport;

/** Tells the parts of a vertex's work one by one: each starts and, if all goes well, completes. */
public final class Steps {
  private final VertexReport report;
  private final Clock clock;

  public Steps(VertexReport report, Clock clock) {
    this.report = report;
    this.clock = clock;
  }

  /** Runs a part; {@code id} is the text shown. A part that fails stays incomplete. */
  public <T> T step(String id, VertexTrail.Body<T> body) throws IOException, InterruptedException {
    var started = begin(id);
    var value = body.call();
    end(id, started);
    return value;
  }

  /** Tells the start of a part. */
  public Instant begin(String id) {
    var now = clock.instant();
    report.status(new VertexReport.Status(id, "", 0, 0, now, Optional.of(now), Optional.empty()));
    return now;
  }

  /** Tells the end of a part that began at {@code started}. */
  public void end(String id, Instant started) {
    var now = clock.instant();
    report.status(
        new VertexReport.Status(id, "", 0, 0, now, Optional.of(started), Optional.of(now)));
  }

  /** A counter of bytes under an id, told at most ten times a second until it is closed. */
  public ByteCounter bytes(String id, String name, long total) {
    return new ByteCounter(report, clock, id, name, total);
  }
}
