package org.jbuildkit.store;

import java.io.IOException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/**
 * A layer known by its descriptor whose content comes when it is needed.
 *
 * @param descriptor of the blob, compressed or not
 * @param diffId digest of the uncompressed tar
 * @param provider fetches the blob
 */
public record LazyLayer(Descriptor descriptor, Digest diffId, Provider provider) {

  /** Fetches a blob into the content store. */
  @FunctionalInterface
  public interface Provider {
    /** Returns when the blob is in the store, verified. */
    void fetch(Descriptor descriptor, ContentStore into) throws IOException, InterruptedException;

    /** Runs the unpacking of a fetched layer, and may tell users of it. */
    default void unpacking(Descriptor layer, Unpacking work)
        throws IOException, InterruptedException {
      work.run();
    }
  }

  /** Writes a layer's content. */
  @FunctionalInterface
  public interface Unpacking {
    void run() throws IOException, InterruptedException;
  }
}
