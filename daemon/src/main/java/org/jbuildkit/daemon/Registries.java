package org.jbuildkit.daemon;

import java.time.Clock;
import java.util.LinkedHashMap;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.daemon.config.RegistryConfig;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.oci.registry.RegistryHosts;
import org.jbuildkit.oci.registry.RegistrySettings;
import org.jbuildkit.oci.registry.TlsTrust;
import org.jbuildkit.session.SessionCredentials;

/**
 * The daemon's way to registries.
 *
 * @param salt of what clients are asked
 */
record Registries(RegistryClient client, SessionCredentials.Salt salt) implements AutoCloseable {
  /** What servers are told about who asks. */
  static final String USER_AGENT = "buildkit/v0.32";

  static Registries of(DaemonConfig config, Clock clock) {
    var hosts = new LinkedHashMap<String, RegistrySettings>();
    config.registries().forEach((host, settings) -> hosts.put(host, settings(settings)));
    var settings =
        new RegistryClient.Settings(
            RegistryHosts.configured(hosts),
            USER_AGENT,
            config.maxRegistryConcurrency(),
            System.getenv());
    return new Registries(
        new RegistryClient(settings, Thread::sleep, clock), SessionCredentials.Salt.random());
  }

  private static RegistrySettings settings(RegistryConfig config) {
    return new RegistrySettings(
        config.mirrors(),
        config.plainHttp(),
        config.insecure(),
        config.authorities(),
        config.identities().stream()
            .map(pair -> new TlsTrust.Identity(pair.key(), pair.certificate()))
            .toList(),
        config.certificateFolders());
  }

  @Override
  public void close() {
    client.close();
  }
}
