package org.jbuildkit.sources;

import java.io.IOException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/** Where an image's blobs come from. */
interface ImageBlobs {
  /** Brings a blob into the content store, verified; one that is there is left alone. */
  void fetch(Descriptor descriptor) throws IOException, InterruptedException;

  /** The descriptor of an image's root document, its size checked against the limit. */
  Descriptor root(Digest digest) throws IOException, InterruptedException;
}
