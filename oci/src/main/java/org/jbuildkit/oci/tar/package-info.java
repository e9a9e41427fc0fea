/**
 * Tar archives whose bytes equal those that Go's {@code archive/tar} writes: {@link
 * org.jbuildkit.oci.tar.TarWriter} and {@link org.jbuildkit.oci.tar.TarReader}, with {@link
 * org.jbuildkit.oci.tar.TarEntry entries} between them. Names are bytes.
 *
 * <p>Invariant: the writer is deterministic; what the reader takes from outside is bounded.
 */
@NullMarked
package org.jbuildkit.oci.tar;

import org.jspecify.annotations.NullMarked;
