package org.jbuildkit.executor;

import java.util.List;
import java.util.Optional;

/**
 * What the daemon's configuration says of name resolution; what is empty comes from the host.
 *
 * @param nameservers addresses
 */
public record DnsOptions(
    Optional<List<String>> nameservers,
    Optional<List<String>> options,
    Optional<List<String>> searchDomains) {
  public static final DnsOptions HOST =
      new DnsOptions(Optional.empty(), Optional.empty(), Optional.empty());
}
