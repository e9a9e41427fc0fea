/**
 * Layers: file trees to archives and back. Start with {@link org.jbuildkit.oci.layer.LayerDiffer}
 * and {@link org.jbuildkit.oci.layer.LayerApplier}.
 *
 * <p>Invariant: the bytes of an archive depend on the tree alone and equal those that BuildKit
 * makes with Go's {@code archive/tar}: diff ids are digests of them.
 */
@NullMarked
package org.jbuildkit.oci.layer;

import org.jspecify.annotations.NullMarked;
