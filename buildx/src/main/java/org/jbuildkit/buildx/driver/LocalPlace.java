package org.jbuildkit.buildx.driver;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.linux.ProcessCalls;

/**
 * Where a daemon on demand keeps what it has, and where it listens. Each root has one daemon at a
 * time.
 *
 * @param root the daemon's root folder, absolute
 */
public record LocalPlace(Path root, Path socket) {
  private static final int MAX_SOCKET_PATH = 104;
  private static final int KEY_LENGTH = 16;

  /** The folder for a builder's node. */
  public static LocalPlace of(String node, Environment environment) {
    return at(base(environment).resolve(node), environment);
  }

  /** A folder that the user chose. */
  public static LocalPlace at(Path root, Environment environment) {
    var absolute = root.toAbsolutePath().normalize();
    var runtime = environment.variable("XDG_RUNTIME_DIR");
    var key = Digest.sha256(absolute.toString().getBytes(StandardCharsets.UTF_8)).hex();
    var folder =
        runtime.isEmpty()
            ? absolute.resolve("local")
            : Path.of(runtime, "jbuildkit", key.substring(0, KEY_LENGTH));
    var socket = folder.resolve("buildkitd.sock");
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
      throw BuildException.failed(
          "the path " + socket + " is too long for a socket: choose a shorter root folder");
    }
    return new LocalPlace(absolute, socket);
  }

  private static Path base(Environment environment) {
    var given = environment.variable("JBUILDKIT_ROOT");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    if (ProcessCalls.effectiveUserId() == 0) {
      return Path.of("/var/lib/jbuildkit");
    }
    var data = environment.variable("XDG_DATA_HOME");
    return data.isEmpty()
        ? Path.of(environment.variables().getOrDefault("HOME", "/"), ".local/share/jbuildkit")
        : Path.of(data, "jbuildkit");
  }

  /** The folder for what starts daemons. */
  Path own() {
    return root.resolve("local");
  }

  Path instanceFile() {
    return own().resolve("instance.json");
  }

  Path startLock() {
    return own().resolve("start.lock");
  }

  Path log() {
    return own().resolve("buildkitd.log");
  }

  /** What a daemon holds while it has the root. */
  Path rootLock() {
    return root.resolve("buildkitd.lock");
  }
}
