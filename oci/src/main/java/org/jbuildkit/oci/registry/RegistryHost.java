package org.jbuildkit.oci.registry;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * One server that answers for a registry's name.
 *
 * @param authority host with port if it has one
 * @param path before the repository, {@code /v2} or longer
 * @param scheme how it is reached
 * @param trust whose certificates are believed
 */
public record RegistryHost(
    String authority, String path, Scheme scheme, Set<Role> roles, TlsTrust trust) {

  public RegistryHost {
    roles = Set.copyOf(roles);
  }

  /** What a host is good for. */
  public enum Role {
    PULL,
    RESOLVE,
    PUSH,
    REFERRERS
  }

  /** How a host is reached. */
  public enum Scheme {
    HTTPS,
    HTTP,
    /** TLS without verification first, plain HTTP where the server speaks no TLS. */
    EITHER
  }

  /** Whether the host is this machine itself, which is spoken to without TLS. */
  public static boolean isLoopback(String authority) {
    var host = withoutPort(authority).toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.equals("[::1]")
        || authority.equals("::1")
        || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }

  /** The host alone; brackets of IPv6 addresses stay. */
  public static String withoutPort(String authority) {
    return authority.replaceFirst(":[0-9]+$", "");
  }

  boolean has(Role role) {
    return roles.contains(role);
  }

  /** The address of something in a repository, by the scheme that is tried first. */
  URI uri(String repository, String tail, String query) {
    var start = scheme == Scheme.HTTP ? "http://" : "https://";
    return URI.create(
        start
            + authority
            + path
            + "/"
            + repository
            + "/"
            + tail
            + (query.isEmpty() ? "" : "?" + query));
  }
}
