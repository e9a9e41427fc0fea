package org.jbuildkit.exporters.image;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.solver.VertexReport;

/** Tells steps of an export as they begin and end. */
public final class Steps {
  private final VertexReport report;
  private final Clock clock;

  public Steps(VertexReport report, Clock clock) {
    this.report = report;
    this.clock = clock;
  }

  /** The work of one step. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Runs a step; it is told as ended also where it fails. */
  public <T> T run(String id, Work<T> work) throws IOException, InterruptedException {
    var started = clock.instant();
    tell(id, started, Optional.empty());
    try {
      return work.run();
    } finally {
      tell(id, started, Optional.of(clock.instant()));
    }
  }

  private void tell(String id, Instant started, Optional<Instant> completed) {
    report.status(
        new VertexReport.Status(
            id, "", 0, 0, completed.orElse(started), Optional.of(started), completed));
  }
}
