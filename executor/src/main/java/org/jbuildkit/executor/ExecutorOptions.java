package org.jbuildkit.executor;

import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.engine.exec.ContainerProcess;

/**
 * What the daemon's configuration says of running steps.
 *
 * @param folder absolute, of our own; made if it is missing
 * @param runtime name or path of the OCI runtime; empty for the first that is found
 * @param searchPath folders separated by colons
 * @param network what processes see that ask for none in particular: {@code HOST} or {@code NONE}
 * @param cgroupParent empty for our own
 * @param traceSocket where processes hand in their spans, if it exists
 */
public record ExecutorOptions(
    Path folder,
    String runtime,
    String searchPath,
    ContainerProcess.Network network,
    String cgroupParent,
    DnsOptions dns,
    Optional<Path> traceSocket) {
  public ExecutorOptions {
    if (network == ContainerProcess.Network.DEFAULT) {
      throw new IllegalArgumentException("the default network has to be a network");
    }
  }
}
