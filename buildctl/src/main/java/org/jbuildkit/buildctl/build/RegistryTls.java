package org.jbuildkit.buildctl.build;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.UsageException;
import org.jbuildkit.oci.registry.TlsTrust;

/** The values of {@code --registry-auth-tlscontext}. */
final class RegistryTls {
  private static final String FLAG = "--registry-auth-tlscontext requires ";

  private RegistryTls() {}

  /**
   * Whose certificates are believed when tokens are fetched, by registry.
   *
   * @throws UsageException for values that say too little
   */
  static Map<String, TlsTrust> parse(List<String> values) {
    var trust = new LinkedHashMap<String, TlsTrust>();
    for (var value : values) {
      var fields = CsvFields.attributes(value);
      var host = fields.getOrDefault("host", "");
      if (host.isEmpty()) {
        throw new UsageException(FLAG + "host=<host>");
      }
      trust.merge(host, parse(fields), RegistryTls::both);
    }
    return trust;
  }

  /** What several values say of one registry adds up. */
  private static TlsTrust both(TlsTrust first, TlsTrust second) {
    var authorities = new ArrayList<>(first.authorities());
    authorities.addAll(second.authorities());
    var identities = new ArrayList<>(first.identities());
    identities.addAll(second.identities());
    return new TlsTrust(first.isUnverified() || second.isUnverified(), authorities, identities);
  }

  private static TlsTrust parse(Map<String, String> fields) {
    boolean isInsecure = GoValues.parseBool(fields.getOrDefault("insecure", "")).orElse(false);
    var authority = fields.getOrDefault("ca", "");
    var certificate = fields.getOrDefault("cert", "");
    var key = fields.getOrDefault("key", "");
    if (!isInsecure && authority.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      throw new UsageException(FLAG + "ca=<ca> or cert=<cert>,key=<key> or insecure=true");
    }
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new UsageException(FLAG + "cert=<cert>,key=<key>");
    }
    return new TlsTrust(
        isInsecure,
        authority.isEmpty() ? List.of() : List.of(Path.of(authority)),
        key.isEmpty()
            ? List.of()
            : List.of(new TlsTrust.Identity(Path.of(key), Path.of(certificate))));
  }
}
