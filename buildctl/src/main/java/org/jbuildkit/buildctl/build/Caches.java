package org.jbuildkit.buildctl.build;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.UsageException;
import org.jbuildkit.client.options.CacheOptions;

/** What {@code --export-cache} and {@code --import-cache} ask for. */
final class Caches {
  private Caches() {}

  static CacheOptions parse(List<String> exports, List<String> imports, Environment environment)
      throws IOException {
    var caches = new CacheOptions(line -> environment.err().println("WARNING: " + line));
    for (var value : exports) {
      var attributes = CsvFields.attributes(value);
      caches.addExport(type(attributes, "export", environment), attributes);
    }
    for (var value : imports) {
      var attributes = CsvFields.attributes(value);
      caches.addImport(type(attributes, "import", environment), attributes);
    }
    return caches;
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
