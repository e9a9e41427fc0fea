package org.jbuildkit.client.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.client.agent.KeyAgent;
import org.jbuildkit.session.attach.SshAgents.Origin;
import org.jbuildkit.session.attach.SshAgents.Socket;

/** Agents that steps of a build may talk to. */
public final class SshOptions {
  private static final String DEFAULT = "default";
  private static final String RAW = "raw=";

  /** The bits of a file's mode that say what it is, and those of a socket. */
  private static final int KIND = 0170000;

  private static final int SOCKET = 0140000;

  /** One option, not looked at more closely. */
  private record Config(String id, List<String> paths, boolean raw) {}

  private SshOptions() {}

  /** The agents that values {@code id[=path[,path…]][,raw=bool]} name, by id. */
  public static Map<String, Origin> parse(List<String> values, Map<String, String> environment) {
    var configs = values.stream().map(SshOptions::config).toList();
    var origins = new LinkedHashMap<String, Origin>();
    for (var config : configs) {
      var id = config.id.isEmpty() ? DEFAULT : config.id;
      var context =
          "failed to convert agent config {"
              + config.id
              + " ["
              + String.join(" ", config.paths)
              + "] "
              + config.raw
              + "}: ";
      var paths = paths(config, context, environment);
      if (origins.containsKey(id)) {
        throw BuildException.failed("duplicate agent ID \"" + id + "\"");
      }
      try {
        origins.put(id, origin(paths, config.raw));
      } catch (IOException | IllegalArgumentException e) {
        throw BuildException.failed(
            context
                + "failed to convert agent config for ID: \""
                + id
                + "\": "
                + BuildException.describe(e));
      }
    }
    return origins;
  }

  private static Config config(String value) {
    int equals = value.indexOf('=');
    var id = equals < 0 ? value : value.substring(0, equals);
    var paths = new ArrayList<String>();
    boolean raw = false;
    for (var part : equals < 0 ? new String[0] : value.substring(equals + 1).split(",", -1)) {
      if (part.startsWith(RAW)) {
        var flag = part.substring(RAW.length());
        raw =
            GoValues.parseBool(flag)
                .orElseThrow(() -> BuildException.failed("invalid value for 'raw': " + flag));
      } else if (!part.isEmpty()) {
        paths.add(part);
      }
    }
    if (raw && paths.size() != 1) {
      throw BuildException.failed(
          "raw mode must supply exactly one socket path for \"" + id + "\"");
    }
    return new Config(id, paths, raw);
  }

  private static List<String> paths(
      Config config, String context, Map<String, String> environment) {
    if (!config.paths.isEmpty()) {
      return config.paths;
    }
    var path = environment.getOrDefault("SSH_AUTH_SOCK", "");
    if (path.isEmpty()) {
      throw BuildException.failed(
          context + "invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
    }
    return List.of(path);
  }

  /** One socket, or files of keys. */
  private static Origin origin(List<String> paths, boolean raw) throws IOException {
    var keys = new ArrayList<Path>();
    for (var name : paths) {
      var path = Path.of(name);
      if (!Files.exists(path)) {
        throw new IOException("stat " + name + ": no such file or directory");
      }
      if (isSocket(path)) {
        if (!keys.isEmpty()) {
          throw new IOException("invalid combination of keys and sockets");
        }
        if (paths.size() > 1) {
          throw new IOException("only single socket allowed");
        }
        return new Socket(path.toAbsolutePath(), raw);
      }
      if (raw) {
        throw new IOException("raw mode only supported with socket paths");
      }
      keys.add(path);
    }
    return KeyAgent.of(keys);
  }

  private static boolean isSocket(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path, "unix:mode");
    return (mode & KIND) == SOCKET;
  }
}
