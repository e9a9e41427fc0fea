package org.jbuildkit.store;

import java.time.Instant;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/**
 * A layer of a tree as a blob in the content store.
 *
 * @param layer the layer's id
 * @param diffId digest of the uncompressed archive
 * @param description what made the layer
 */
public record LayerBlob(
    String layer, Descriptor descriptor, Digest diffId, String description, Instant created) {}
