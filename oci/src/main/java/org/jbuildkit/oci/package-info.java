/**
 * Images as the OCI image specification has them: {@link org.jbuildkit.oci.Descriptor descriptors},
 * manifests, indexes, {@link org.jbuildkit.oci.Platform platforms}, references, layer archives and
 * their compression.
 *
 * <p>zstd-jni, xz and commons-compress do the compression formats that the JDK lacks; archives are
 * our own, because their bytes are hashed and must equal those of Go's {@code archive/tar}.
 */
@NullMarked
package org.jbuildkit.oci;

import org.jspecify.annotations.NullMarked;
