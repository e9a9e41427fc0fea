package org.jbuildkit.daemon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the daemon listens.
 *
 * @param addresses {@code unix://path}, {@code tcp://host:port} or {@code fd://}, the socket that
 *     systemd passed
 * @param uid owner of unix sockets; empty for the process's own
 * @param gid group of unix sockets, likewise
 * @param tls for addresses that peers reach through a network
 */
public record ListenConfig(
    List<String> addresses, Optional<Integer> uid, Optional<Integer> gid, Optional<Tls> tls) {
  static final String DEFAULT_ADDRESS = "unix:///run/buildkit/buildkitd.sock";
  static final ListenConfig NOTHING =
      new ListenConfig(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  public ListenConfig {
    addresses = List.copyOf(addresses);
  }

  /**
   * Files of the server's identity.
   *
   * @param ca clients must have certificates of it; empty if they need none
   */
  public record Tls(Path certificate, Path key, Optional<Path> ca) {}
}
