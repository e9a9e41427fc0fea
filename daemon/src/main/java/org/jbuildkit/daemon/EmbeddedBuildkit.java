package org.jbuildkit.daemon;

import io.grpc.ManagedChannel;
import java.io.IOException;
import org.jbuildkit.daemon.config.DaemonConfig;

/**
 * A daemon within the caller's process: the same API as that of {@code buildkitd}, over a channel
 * instead of a socket.
 *
 * <pre>{@code
 * try (var buildkit = EmbeddedBuildkit.start(DaemonConfig.embedded(root));
 *     var daemon = DaemonConnection.over(buildkit.openChannel())) {
 *   new BuildRunner(daemon).run(spec, status -> {});
 * }
 * }</pre>
 *
 * It has the needs of a daemon: root, a root folder of its own, and {@code
 * --enable-native-access=ALL-UNNAMED}. May be used by any number of threads.
 */
public final class EmbeddedBuildkit implements AutoCloseable {
  private static final long GRACE_SECONDS = 10;

  private final Daemon daemon;

  private EmbeddedBuildkit(Daemon daemon) {
    this.daemon = daemon;
  }

  /**
   * Starts a daemon. It listens where the configuration says, which may be nowhere.
   *
   * @throws IOException if the root folder can't be used, or another daemon has it
   */
  public static EmbeddedBuildkit start(DaemonConfig config)
      throws IOException, InterruptedException {
    return new EmbeddedBuildkit(new Daemon(config));
  }

  /** A channel to the daemon; the caller shuts it down. */
  public ManagedChannel openChannel() throws IOException {
    return daemon.openChannel();
  }

  /** Waits some seconds for builds in progress, then ends them and lets go of the root folder. */
  @Override
  public void close() {
    try {
      daemon.stop(GRACE_SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      daemon.close();
    }
  }
}
