package org.jbuildkit.session.attach;

import java.io.IOException;
import java.util.Optional;

/** What a client knows of itself at registries. */
public interface RegistryCredentials {
  /**
   * @param username empty if {@code secret} is an identity token
   * @param registryToken a ready token, or empty
   */
  record Credential(String username, String secret, String registryToken) {}

  /** The credential for a registry's host, port included if it has one. */
  Optional<Credential> find(String host) throws IOException;

  /** Random bytes that belong to this client and the host, made when first asked for. */
  byte[] tokenSeed(String host) throws IOException;
}
