package org.jbuildkit.store;

import java.time.Instant;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;

/**
 * A layer of a tree as a blob.
 *
 * @param layer the layer's id
 * @param diffId digest of the uncompressed archive
 * @param description what made the layer
 * @param pending fetches the blob; empty if it is stored
 */
public record LayerBlob(
    String layer,
    Descriptor descriptor,
    Digest diffId,
    String description,
    Instant created,
    Optional<LazyLayer.Provider> pending) {}
