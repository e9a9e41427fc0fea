package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.client.options.CacheOptions;

/** {@code --cache-from} and {@code --cache-to}, completed from variables. */
final class Caches {
  private Caches() {}

  static void addExport(
      SequencedMap<String, String> cache, CacheOptions caches, Environment environment)
      throws IOException {
    var attributes = new LinkedHashMap<>(cache);
    var type = Optional.ofNullable(attributes.remove("type")).orElse("");
    if (complete(type, attributes, environment)) {
      caches.addExport(type, attributes);
    }
  }

  static void addImport(
      SequencedMap<String, String> cache, CacheOptions caches, Environment environment) {
    var attributes = new LinkedHashMap<>(cache);
    var type = Optional.ofNullable(attributes.remove("type")).orElse("");
    if (complete(type, attributes, environment)) {
      caches.addImport(type, attributes);
    }
  }

  /** False for a cache that is left out because nothing tells where it is. */
  private static boolean complete(
      String type, SequencedMap<String, String> attributes, Environment environment) {
    if (!type.equals("gha")) {
      return true;
    }
    putIfAny(attributes, "token", environment.variable("ACTIONS_RUNTIME_TOKEN"));
    var results = environment.variable("ACTIONS_RESULTS_URL");
    boolean second =
        attributes.containsKey("version")
            ? "2".equals(attributes.get("version"))
            : GoValues.parseBool(environment.variable("ACTIONS_CACHE_SERVICE_V2")).orElse(false);
    if (second) {
      putIfAny(attributes, "url_v2", results);
    }
    var url = environment.variable("ACTIONS_CACHE_URL");
    putIfAny(attributes, "url", url.isEmpty() ? results : url);
    return attributes.containsKey("token")
        && (attributes.containsKey("url") || attributes.containsKey("url_v2"));
  }

  private static void putIfAny(SequencedMap<String, String> attributes, String key, String value) {
    if (!value.isEmpty()) {
      attributes.putIfAbsent(key, value);
    }
  }
}
