package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.oci.registry.RegistryHost.Role;
import org.jbuildkit.oci.registry.RegistryHost.Scheme;

/** Hosts by settings: mirrors first, each with the settings of its own name. */
record ConfiguredHosts(Map<String, RegistrySettings> settings) implements RegistryHosts {
  private static final String HUB = "docker.io";
  private static final String HUB_HOST = "registry-1.docker.io";

  ConfiguredHosts {
    settings = Map.copyOf(settings);
  }

  @Override
  public List<RegistryHost> of(String domain) {
    var own = settings.get(domain);
    if (own == null) {
      return List.of(host(real(domain), "/v2", RegistrySettings.NONE, EnumSet.allOf(Role.class)));
    }
    var hosts = new ArrayList<RegistryHost>();
    for (var mirror : own.mirrors()) {
      hosts.add(mirror(mirror.replaceFirst("^[a-zA-Z][a-zA-Z0-9+.-]*://", "")));
    }
    hosts.add(host(real(domain), "/v2", own, EnumSet.of(Role.PULL, Role.RESOLVE, Role.PUSH)));
    return hosts;
  }

  private RegistryHost mirror(String address) {
    int slash = address.indexOf('/');
    var authority = slash < 0 ? address : address.substring(0, slash);
    var path = slash < 0 ? "" : address.substring(slash).replaceFirst("/+$", "");
    var own = settings.getOrDefault(authority, RegistrySettings.NONE);
    return host(real(authority), "/v2" + path, own, EnumSet.of(Role.PULL, Role.RESOLVE));
  }

  static RegistryHost insecure(String domain) {
    return new RegistryHost(
        real(domain),
        "/v2",
        Scheme.EITHER,
        EnumSet.of(Role.PULL, Role.RESOLVE, Role.PUSH),
        TlsTrust.NONE);
  }

  private static String real(String domain) {
    return domain.equals(HUB) ? HUB_HOST : domain;
  }

  /** Whether requests to the host tell it for which registry they are meant. */
  static boolean speaksFor(String authority, String domain) {
    return authority.equals(real(domain));
  }

  private static RegistryHost host(
      String authority, String path, RegistrySettings own, Set<Role> roles) {
    boolean plain = own.http().orElseGet(() -> RegistryHost.isLoopback(authority));
    var scheme = !plain ? Scheme.HTTPS : own.isInsecure() ? Scheme.EITHER : Scheme.HTTP;
    return new RegistryHost(authority, path, scheme, roles, trust(own));
  }

  private static TlsTrust trust(RegistrySettings own) {
    var authorities = new ArrayList<>(own.authorities());
    var identities = new ArrayList<>(own.identities());
    for (var folder : own.tlsFolders()) {
      for (var file : sorted(folder)) {
        var name = file.getFileName().toString();
        if (name.endsWith(".crt")) {
          authorities.add(file);
        } else if (name.endsWith(".cert")) {
          var key = file.resolveSibling(name.replaceFirst("\\.cert$", ".key"));
          identities.add(new TlsTrust.Identity(key, file));
        }
      }
    }
    return new TlsTrust(own.isInsecure(), authorities, identities);
  }

  private static List<Path> sorted(Path folder) {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException _) {
      return List.of();
    }
  }
}
