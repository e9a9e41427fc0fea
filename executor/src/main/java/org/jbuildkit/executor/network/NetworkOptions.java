package org.jbuildkit.executor.network;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the daemon's configuration says of the network of steps that ask for none in particular.
 *
 * @param folder of our own, for namespaces; made if it is missing
 * @param config the CNI configuration: a list if its name ends in {@code .conflist}
 * @param plugins the folder of the CNI plug-ins
 * @param poolSize namespaces that are kept ready
 * @param bridge the device of {@link Mode#BRIDGE}
 * @param subnet of that bridge, as {@code ADDRESS/BITS}
 * @param searchPath folders where the bridge's own plug-ins are looked for
 * @param initLock a file that daemons lock while they try the plug-ins
 */
public record NetworkOptions(
    Mode mode,
    Path folder,
    Path config,
    Path plugins,
    int poolSize,
    String bridge,
    String subnet,
    List<Path> searchPath,
    Optional<Path> initLock) {
  public NetworkOptions {
    searchPath = List.copyOf(searchPath);
    if (poolSize < 0) {
      throw new IllegalArgumentException("negative size of the network pool: " + poolSize);
    }
  }

  /** How steps get a network. */
  public enum Mode {
    /** {@link #CNI} if there is a configuration, else {@link #HOST}. */
    AUTO,
    HOST,
    NONE,
    CNI,
    BRIDGE
  }

  /** A network without plug-ins. */
  public static NetworkOptions simple(Mode mode, Path folder) {
    return new NetworkOptions(
        mode,
        folder,
        Path.of("/nonexistent"),
        Path.of("/nonexistent"),
        0,
        "",
        "",
        List.of(),
        Optional.empty());
  }
}
