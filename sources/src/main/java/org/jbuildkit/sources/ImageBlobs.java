package org.jbuildkit.sources;

import java.io.IOException;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.solver.OpContext;

/** Where one image's documents and layers come from. */
interface ImageBlobs {
  /** The image's root document: what its name stands for. */
  Descriptor root(OpContext<Job> context) throws IOException, InterruptedException;

  /** Brings a document into the content store, verified; one that is there is left alone. */
  void fetch(Descriptor descriptor, OpContext<Job> context)
      throws IOException, InterruptedException;

  /** The same for a layer, telling the bytes that arrive on the image's vertex. */
  void fetchLayer(Descriptor layer, OpContext<Job> context)
      throws IOException, InterruptedException;

  /** A layer's descriptor with what is to be remembered of its place. */
  default Descriptor placed(Descriptor layer) {
    return layer;
  }
}
