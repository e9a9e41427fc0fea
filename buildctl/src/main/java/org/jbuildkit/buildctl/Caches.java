package org.jbuildkit.buildctl;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.UsageException;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.LayoutIndex;
import org.jbuildkit.session.attach.BlobFolder;

/** What {@code --export-cache} and {@code --import-cache} ask for. */
final class Caches {
  private static final String LATEST = "latest";

  /** A local cache that is to be named in its folder's index after the build. */
  record LocalExport(Path folder, String tag, boolean reset) {}

  private final Environment environment;
  private final List<BuildSpec.Endpoint> exports = new ArrayList<>();
  private final List<BuildSpec.Endpoint> imports = new ArrayList<>();
  private final List<LocalExport> localExports = new ArrayList<>();
  private final Map<String, BlobFolder> stores = new LinkedHashMap<>();

  private Caches(Environment environment) {
    this.environment = environment;
  }

  static Caches parse(List<String> exports, List<String> imports, Environment environment)
      throws IOException {
    var caches = new Caches(environment);
    for (var value : exports) {
      caches.addExport(parse(value, "export"));
    }
    for (var value : imports) {
      caches.addImport(parse(value, "import"));
    }
    return caches;
  }

  private static SequencedMap<String, String> parse(String value, String flag) {
    var attributes = CsvFields.attributes(value);
    if (!attributes.containsKey("type")) {
      throw new UsageException("--" + flag + "-cache requires type=<type>");
    }
    return attributes;
  }

  private void addExport(SequencedMap<String, String> attributes) throws IOException {
    var type = take(attributes, "type").orElse("");
    switch (type) {
      case "local" -> {
        var folder = attributes.getOrDefault("dest", "");
        if (folder.isEmpty()) {
          throw BuildException.failed("local cache exporter requires dest");
        }
        boolean reset = false;
        if (attributes.containsKey("reset")) {
          reset =
              GoValues.parseBool(attributes.getOrDefault("reset", ""))
                  .orElseThrow(() -> BuildException.failed("failed to parse reset attribute"));
        }
        var path = Files.createDirectories(Path.of(folder));
        stores.put("local:" + folder, new BlobFolder(path));
        localExports.add(new LocalExport(path, attributes.getOrDefault("tag", LATEST), reset));
      }
      case "registry" -> requireRef(attributes, "exporter");
      case "gha" -> completeGithub(attributes);
      default -> {}
    }
    exports.add(new BuildSpec.Endpoint(type, attributes));
  }

  private void addImport(SequencedMap<String, String> attributes) {
    var type = take(attributes, "type").orElse("");
    switch (type) {
      case "local" -> {
        if (!addLocalImport(attributes)) {
          return;
        }
      }
      case "registry" -> requireRef(attributes, "importer");
      case "gha" -> completeGithub(attributes);
      default -> {}
    }
    imports.add(new BuildSpec.Endpoint(type, attributes));
  }

  private static void requireRef(SequencedMap<String, String> attributes, String what) {
    if (attributes.getOrDefault("ref", "").isEmpty()) {
      throw BuildException.failed("registry cache " + what + " requires ref");
    }
  }

  private boolean addLocalImport(SequencedMap<String, String> attributes) {
    var folder = attributes.getOrDefault("src", "");
    if (folder.isEmpty()) {
      throw BuildException.failed("local cache importer requires src");
    }
    PrintStream err = environment.err();
    var skipped = "WARNING: local cache import at " + folder + " skipped";
    var digest = attributes.getOrDefault("digest", "");
    if (digest.isEmpty()) {
      var tag = attributes.getOrDefault("tag", LATEST);
      try {
        digest = new LayoutIndex(Path.of(folder)).digest(tag).orElse("");
      } catch (IOException e) {
        err.println(skipped + " due to err: " + e.getMessage());
        return false;
      }
      if (digest.isEmpty()) {
        err.println(skipped + ": no digest found for tag " + tag);
        return false;
      }
      attributes.put("digest", digest);
    }
    var store = new BlobFolder(Path.of(folder));
    if (Digest.tryParse(digest).filter(store::has).isEmpty()) {
      err.println(skipped + ": digest " + digest + " unavailable: not found");
      return false;
    }
    stores.put("local:" + folder, store);
    return true;
  }

  private void completeGithub(SequencedMap<String, String> attributes) {
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

  private static Optional<String> take(SequencedMap<String, String> attributes, String key) {
    return Optional.ofNullable(attributes.remove(key));
  }

  List<BuildSpec.Endpoint> exports() {
    return exports;
  }

  List<BuildSpec.Endpoint> imports() {
    return imports;
  }

  List<LocalExport> localExports() {
    return localExports;
  }

  /** Folders that the daemon may read and write, by store id. */
  Map<String, BlobFolder> stores() {
    return stores;
  }
}
