package org.jbuildkit.sources;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.LazyLayer;

/**
 * Fetches a layer for whichever of the builds that pulled its image is still there: the latest one,
 * whose sessions live longest.
 */
final class LayerPull implements LazyLayer.Provider {
  private final List<Way> ways = new ArrayList<>();

  private record Way(ImageBlobs blobs, OpContext<Job> context, LayerProgress progress) {
    boolean isAlive() {
      return !context.participants().isEmpty();
    }
  }

  LayerPull(ImageBlobs blobs, OpContext<Job> context, LayerProgress progress) {
    ways.add(new Way(blobs, context, progress));
  }

  /** One more way to the layer. */
  synchronized void add(ImageBlobs blobs, OpContext<Job> context, LayerProgress progress) {
    ways.removeIf(way -> !way.isAlive() || way.context().equals(context));
    ways.add(new Way(blobs, context, progress));
  }

  private synchronized Way best() {
    return ways.reversed().stream().filter(Way::isAlive).findFirst().orElseGet(ways::getLast);
  }

  @Override
  public void fetch(Descriptor descriptor, ContentStore into)
      throws IOException, InterruptedException {
    var way = best();
    way.progress().during(way.context(), () -> way.blobs().fetchLayer(descriptor, way.context()));
  }

  @Override
  public void unpacking(Descriptor layer, LazyLayer.Unpacking work)
      throws IOException, InterruptedException {
    var way = best();
    way.progress()
        .during(
            way.context(),
            () -> {
              var started = way.progress().clock().instant();
              tell(way, layer, started, Optional.empty());
              try {
                work.run();
              } finally {
                tell(way, layer, started, Optional.of(way.progress().clock().instant()));
              }
            });
  }

  private static void tell(Way way, Descriptor layer, Instant started, Optional<Instant> ended) {
    way.context()
        .report()
        .status(
            new VertexReport.Status(
                "extracting " + layer.digest(),
                "extracting",
                0,
                0,
                ended.orElse(started),
                Optional.of(started),
                ended));
  }
}
