/**
 * Compression of layers and archives: {@link org.jbuildkit.oci.compress.Compression}. Also streams
 * that hash or check what passes.
 *
 * <p>Invariant: equal input gives equal output, whatever the number of processors.
 */
@NullMarked
package org.jbuildkit.oci.compress;

import org.jspecify.annotations.NullMarked;
