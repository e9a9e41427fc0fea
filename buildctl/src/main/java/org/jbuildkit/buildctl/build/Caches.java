package org.jbuildkit.buildctl.build;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.ProgramLog;
import org.jbuildkit.cli.UsageException;
import org.jbuildkit.client.options.CacheOptions;

/** What {@code --export-cache} and {@code --import-cache} ask for. */
final class Caches {
  private static final String DEPRECATED =
      "--%1$s-cache with nothing but a reference is deprecated: use --%1$s-cache"
          + " type=registry,ref=<ref> instead";

  private Caches() {}

  static CacheOptions parse(
      List<String> exports, List<String> imports, Environment environment, ProgramLog log)
      throws IOException {
    var caches = new CacheOptions(log::warn);
    for (var value : exports) {
      if (isLegacy(value)) {
        log.warn(DEPRECATED.formatted("export"));
      }
      var attributes = attributes(value);
      attributes.putIfAbsent("mode", "min");
      caches.addExport(type(attributes, "export", environment), attributes);
    }
    for (var value : imports) {
      if (isLegacy(value)) {
        log.warn(DEPRECATED.formatted("import"));
      }
      var attributes = attributes(value);
      caches.addImport(type(attributes, "import", environment), attributes);
    }
    return caches;
  }

  /** A bare reference to a registry, as old command lines have it. */
  private static boolean isLegacy(String value) {
    return !value.contains("type=");
  }

  private static SequencedMap<String, String> attributes(String value) {
    if (!isLegacy(value)) {
      return CsvFields.attributes(value);
    }
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("type", "registry");
    attributes.put("ref", value);
    return attributes;
  }

  private static String type(
      SequencedMap<String, String> attributes, String flag, Environment environment) {
    var type =
        Optional.ofNullable(attributes.remove("type"))
            .orElseThrow(() -> new UsageException("--" + flag + "-cache requires type=<type>"));
    if (type.equals("gha")) {
      completeGithub(attributes, environment);
    }
    return type;
  }

  private static void completeGithub(
      SequencedMap<String, String> attributes, Environment environment) {
    if (GoValues.parseBool(environment.variable("ACTIONS_CACHE_SERVICE_V2")).orElse(false)) {
      attributes.putIfAbsent("version", "2");
    }
    var results = environment.variable("ACTIONS_RESULTS_URL");
    if (attributes.getOrDefault("version", "").equals("2") && !results.isEmpty()) {
      attributes.putIfAbsent("url_v2", results);
    }
    var url = environment.variable("ACTIONS_CACHE_URL");
    if (!url.isEmpty() || !results.isEmpty()) {
      attributes.putIfAbsent("url", url.isEmpty() ? results : url);
    }
    if (!attributes.containsKey("url")) {
      throw BuildException.failed("cache with type gha requires url parameter to be set");
    }
    var token = environment.variable("ACTIONS_RUNTIME_TOKEN");
    if (!token.isEmpty()) {
      attributes.putIfAbsent("token", token);
    }
    if (!attributes.containsKey("token")) {
      throw BuildException.failed(
          "cache with type gha requires token parameter or $ACTIONS_RUNTIME_TOKEN");
    }
  }
}
