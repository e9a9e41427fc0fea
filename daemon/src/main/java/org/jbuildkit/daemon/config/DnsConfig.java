package org.jbuildkit.daemon.config;

import java.util.List;

/** Replaces parts of the {@code resolv.conf} of steps; an empty list leaves a part as it is. */
public record DnsConfig(List<String> nameservers, List<String> options, List<String> search) {
  static final DnsConfig NONE = new DnsConfig(List.of(), List.of(), List.of());

  public DnsConfig {
    nameservers = List.copyOf(nameservers);
    options = List.copyOf(options);
    search = List.copyOf(search);
  }
}
