package org.jbuildkit.exporters.image;

import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/**
 * A layer whose blob is in the content store, and where it came from.
 *
 * @param diffId digest of the uncompressed archive
 * @param description what made it, for histories that don't tell; may be empty
 * @param created when it was made
 */
public record ImageLayer(
    Descriptor descriptor, Digest diffId, String description, Optional<Instant> created) {
  /** The annotation that names the uncompressed archive; stays inside. */
  public static final String UNCOMPRESSED = "containerd.io/uncompressed";

  /** The annotation that tells the epoch to which times were cut, in seconds. */
  public static final String REWRITTEN = "buildkit/rewritten-timestamp";
}
