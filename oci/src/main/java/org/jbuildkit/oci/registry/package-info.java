/**
 * Talks to registries: {@link org.jbuildkit.oci.registry.RegistryClient} makes a {@link
 * org.jbuildkit.oci.registry.Repository}, which resolves names, streams blobs and pushes. Where a
 * registry is and how it is reached say {@link org.jbuildkit.oci.registry.RegistryHosts}; who asks,
 * {@link org.jbuildkit.oci.registry.Credentials}.
 *
 * <p>Built on the JDK's HTTP client. Secrets are bound to scheme, host and port: no hop elsewhere
 * carries them.
 */
@NullMarked
package org.jbuildkit.oci.registry;

import org.jspecify.annotations.NullMarked;
