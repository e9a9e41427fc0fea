package org.jbuildkit.oci.registry;

import java.util.List;
import java.util.Map;

/** Which servers answer for a registry's name, in the order in which they are tried. */
@FunctionalInterface
public interface RegistryHosts {
  /**
   * The hosts of a registry.
   *
   * @param domain as in references, with port
   */
  List<RegistryHost> of(String domain);

  /** Every registry at its own name: without TLS on this machine, with TLS elsewhere. */
  static RegistryHosts standard() {
    return new ConfiguredHosts(Map.of());
  }

  /** Registries with settings of their own, by domain; the rest as {@link #standard}. */
  static RegistryHosts configured(Map<String, RegistrySettings> settings) {
    return new ConfiguredHosts(settings);
  }

  /** Registries reached by TLS without verification, or without TLS. */
  static RegistryHosts insecure() {
    return domain -> List.of(ConfiguredHosts.insecure(domain));
  }
}
