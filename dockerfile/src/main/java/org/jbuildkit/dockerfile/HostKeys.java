package org.jbuildkit.dockerfile;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Shared;

/** Keys of SSH servers, each asked for once. For several threads. */
public final class HostKeys {
  private final Map<String, Shared<Optional<String>>> known = new ConcurrentHashMap<>();

  /**
   * The server's line for a file of known hosts; nothing if it can't be reached.
   *
   * @param host with a port, or without
   */
  public Optional<String> of(String host) {
    try {
      return known.computeIfAbsent(host, _ -> new Shared<>(host, () -> scan(host))).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException(ErrorCode.CANCELLED, "context canceled", e);
    }
  }

  private static Optional<String> scan(String host) {
    try {
      return Optional.of(SshHostKey.scan(host));
    } catch (IOException | BuildException _) {
      return Optional.empty();
    }
  }
}
