package org.jbuildkit.sources;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.LazyLayer;
import org.jspecify.annotations.Nullable;

/**
 * Shows an image's vertex at work again while layers of it are fetched or unpacked, which is long
 * after its key was found: from the first that begins to the last that ends.
 */
final class LayerProgress {
  private final Clock clock;
  private int running;
  private VertexReport.@Nullable Stretch stretch;

  LayerProgress(Clock clock) {
    this.clock = clock;
  }

  Clock clock() {
    return clock;
  }

  void during(OpContext<Job> context, LazyLayer.Unpacking work)
      throws IOException, InterruptedException {
    begin(context.report());
    try {
      work.run();
      end(Optional.empty());
    } catch (IOException | InterruptedException | RuntimeException e) {
      end(Optional.of(e));
      throw e;
    }
  }

  private synchronized void begin(VertexReport report) {
    if (running++ == 0) {
      stretch = report.resumed();
    }
  }

  private synchronized void end(Optional<Throwable> error) {
    var shown = stretch;
    if (--running == 0 && shown != null) {
      stretch = null;
      shown.completed(error);
    }
  }
}
