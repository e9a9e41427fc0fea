package org.jbuildkit.oci.registry;

import java.nio.file.Path;
import java.util.List;

/**
 * How a TLS server and we prove ourselves.
 *
 * @param isUnverified whether any certificate will do
 * @param authorities PEM files that are believed besides the system's
 * @param identities our own certificates
 */
public record TlsTrust(boolean isUnverified, List<Path> authorities, List<Identity> identities) {
  /** What the system believes. */
  public static final TlsTrust SYSTEM = new TlsTrust(false, List.of(), List.of());

  /** Anything. */
  public static final TlsTrust NONE = new TlsTrust(true, List.of(), List.of());

  public TlsTrust {
    authorities = List.copyOf(authorities);
    identities = List.copyOf(identities);
  }

  /** Our certificate with its key, as PEM files. */
  public record Identity(Path key, Path certificate) {}
}
