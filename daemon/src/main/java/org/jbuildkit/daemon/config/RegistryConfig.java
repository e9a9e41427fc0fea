package org.jbuildkit.daemon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How one registry host is talked to.
 *
 * @param mirrors hosts with an optional path, tried in order before the host itself
 * @param plainHttp empty for the default: only local hosts
 * @param insecure whether its certificate is not verified
 * @param authorities files with certificates, added to the system's
 * @param certificateFolders each {@code *.crt} is an authority, each {@code *.cert} an identity
 *     with the sibling {@code *.key}
 */
public record RegistryConfig(
    List<String> mirrors,
    Optional<Boolean> plainHttp,
    boolean insecure,
    List<Path> authorities,
    List<KeyPair> identities,
    List<Path> certificateFolders) {

  public RegistryConfig {
    mirrors = List.copyOf(mirrors);
    authorities = List.copyOf(authorities);
    identities = List.copyOf(identities);
    certificateFolders = List.copyOf(certificateFolders);
  }

  /** A client certificate. */
  public record KeyPair(Path key, Path certificate) {}
}
