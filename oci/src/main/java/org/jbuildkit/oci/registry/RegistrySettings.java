package org.jbuildkit.oci.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a user set for a registry: a {@code [registry."host"]} table of {@code buildkitd.toml}.
 *
 * @param mirrors {@code host[:port][/path]}, tried before the registry; a scheme is passed over
 * @param http whether it is spoken to without TLS; empty for on this machine only
 * @param isInsecure whether certificates are not verified
 * @param authorities PEM files believed besides the system's
 * @param identities our certificates
 * @param tlsFolders folders of {@code *.crt} authorities and {@code *.cert}, {@code *.key}
 *     identities; absent ones are passed over
 */
public record RegistrySettings(
    List<String> mirrors,
    Optional<Boolean> http,
    boolean isInsecure,
    List<Path> authorities,
    List<TlsTrust.Identity> identities,
    List<Path> tlsFolders) {
  /** Nothing set. */
  public static final RegistrySettings NONE =
      new RegistrySettings(List.of(), Optional.empty(), false, List.of(), List.of(), List.of());

  public RegistrySettings {
    mirrors = List.copyOf(mirrors);
    authorities = List.copyOf(authorities);
    identities = List.copyOf(identities);
    tlsFolders = List.copyOf(tlsFolders);
  }
}
