package org.jbuildkit.buildx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.cli.UsageException;

/**
 * The command line as the Docker command line gives it to plugins: flags of Docker, the plugin's
 * name, and the rest.
 *
 * @param variables with what Docker's flags say put over them
 */
record PluginArguments(Map<String, String> variables, boolean isDebug, List<String> rest) {
  private static final String NAME = "buildx";
  private static final Map<String, String> LETTERS =
      Map.of("-c", "--context", "-H", "--host", "-l", "--log-level", "-D", "--debug");

  static PluginArguments parse(List<String> words, Map<String, String> variables) {
    var changed = new LinkedHashMap<>(variables);
    boolean debug = false;
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (word.equals(NAME)) {
        return new PluginArguments(changed, debug, words.subList(i + 1, words.size()));
      }
      int equals = word.indexOf('=');
      var given = equals < 0 ? word : word.substring(0, equals);
      var flag = LETTERS.getOrDefault(given, given);
      switch (flag) {
        case "--debug" -> debug = true;
        case "--tls", "--tlsverify" -> {}
        case "--config",
            "--context",
            "--host",
            "--log-level",
            "--tlscacert",
            "--tlscert",
            "--tlskey" -> {
          if (equals < 0 && ++i >= words.size()) {
            throw new UsageException("flag needs an argument: " + word);
          }
          apply(flag, equals < 0 ? words.get(i) : word.substring(equals + 1), changed);
        }
        default ->
            throw new UsageException(
                word.startsWith("-") ? "unknown flag: " + word : "unknown command: " + word);
      }
    }
    return new PluginArguments(changed, debug, new ArrayList<>());
  }

  private static void apply(String flag, String value, Map<String, String> variables) {
    switch (flag) {
      case "--config" -> variables.put("DOCKER_CONFIG", value);
      case "--host" -> variables.put("DOCKER_HOST", value);
      case "--context" -> {
        variables.remove("DOCKER_HOST");
        variables.put("DOCKER_CONTEXT", value);
      }
      default -> {} // of no meaning here: no Docker Engine is talked to
    }
  }
}
