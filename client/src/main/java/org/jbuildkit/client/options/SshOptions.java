package org.jbuildkit.client.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.session.attach.SshAgents.Socket;

/** Agents that steps of a build may talk to. */
public final class SshOptions {
  private SshOptions() {}

  public static Map<String, Socket> parse(List<String> values, Map<String, String> environment) {
    var sockets = new LinkedHashMap<String, Socket>();
    for (var value : values) {
      int equals = value.indexOf('=');
      var given = equals < 0 ? value : value.substring(0, equals);
      var id = given.isEmpty() ? "default" : given;
      var paths = new ArrayList<String>();
      boolean raw = false;
      for (var part : equals < 0 ? new String[0] : value.substring(equals + 1).split(",", -1)) {
        if (part.startsWith("raw=")) {
          var flag = part.substring("raw=".length());
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
      if (sockets.containsKey(id)) {
        throw BuildException.failed("duplicate agent ID \"" + id + "\"");
      }
      sockets.put(id, socket(id, paths, raw, environment));
    }
    return sockets;
  }

  private static Socket socket(
      String id, List<String> paths, boolean raw, Map<String, String> environment) {
    var context =
        "failed to convert agent config {" + id + " [" + String.join(" ", paths) + "] " + raw + "}";
    var path = paths.isEmpty() ? environment.getOrDefault("SSH_AUTH_SOCK", "") : paths.getFirst();
    if (path.isEmpty()) {
      throw BuildException.failed(
          context + ": invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
    }
    var inner = context + ": failed to convert agent config for ID: \"" + id + "\": ";
    if (paths.size() > 1) {
      throw BuildException.failed(inner + "only single socket allowed");
    }
    var socket = Path.of(path).toAbsolutePath();
    if (!Files.exists(socket)) {
      throw BuildException.failed(inner + "stat " + path + ": no such file or directory");
    }
    if (Files.isRegularFile(socket)) {
      throw BuildException.failed(
          inner + "failed to parse " + path + ": key files need an agent; load it with ssh-add");
    }
    return new Socket(socket, raw);
  }
}
