package org.jbuildkit.client.options;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.LayoutIndex;
import org.jbuildkit.protocol.keys.ExporterKeys;
import org.jbuildkit.session.attach.BlobFolder;
import org.jbuildkit.session.attach.ReadableFolder;

/** Caches that a build reads and writes, checked, and with the client's folders among them. */
public final class CacheOptions {
  private static final String LATEST = "latest";

  /** A local cache that is to be named in its folder's index after the build. */
  private record LocalExport(Path folder, String tag, boolean reset) {}

  private final Consumer<String> warnings;
  private final List<BuildSpec.Endpoint> exports = new ArrayList<>();
  private final List<BuildSpec.Endpoint> imports = new ArrayList<>();
  private final List<LocalExport> localExports = new ArrayList<>();
  private final Map<String, BlobFolder> stores = new LinkedHashMap<>();

  /**
   * @param warnings gets a line for each cache that is left out
   */
  public CacheOptions(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  /** Adds a cache to write; makes the folder of a local one. */
  public void addExport(String type, SequencedMap<String, String> attributes) throws IOException {
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
        var path = ReadableFolder.create(Path.of(folder));
        stores.put("local:" + folder, new BlobFolder(path));
        localExports.add(new LocalExport(path, attributes.getOrDefault("tag", LATEST), reset));
      }
      case "registry" -> requireRef(attributes, "exporter");
      default -> {}
    }
    exports.add(new BuildSpec.Endpoint(type, attributes));
  }

  /** Adds a cache to read; a local one that isn't there is warned of and left out. */
  public void addImport(String type, SequencedMap<String, String> attributes) {
    switch (type) {
      case "local" -> {
        if (!addLocalImport(attributes)) {
          return;
        }
      }
      case "registry" -> requireRef(attributes, "importer");
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
    var skipped = "local cache import at " + folder + " skipped";
    var digest = attributes.getOrDefault("digest", "");
    if (digest.isEmpty()) {
      var tag = attributes.getOrDefault("tag", LATEST);
      try {
        digest = new LayoutIndex(Path.of(folder)).digest(tag).orElse("");
      } catch (IOException e) {
        warnings.accept(skipped + " due to err: " + e.getMessage());
        return false;
      }
      if (digest.isEmpty()) {
        warnings.accept(skipped + ": no digest found for tag " + tag);
        return false;
      }
      attributes.put("digest", digest);
    }
    var store = new BlobFolder(Path.of(folder));
    if (Digest.tryParse(digest).filter(store::has).isEmpty()) {
      warnings.accept(skipped + ": digest " + digest + " unavailable: not found");
      return false;
    }
    stores.put("local:" + folder, store);
    return true;
  }

  public List<BuildSpec.Endpoint> exports() {
    return exports;
  }

  public List<BuildSpec.Endpoint> imports() {
    return imports;
  }

  /** Folders that the daemon may read and write, by store id. */
  public Map<String, BlobFolder> stores() {
    return stores;
  }

  /** Names what a build wrote into local caches in their indexes. */
  public void nameExports(Map<String, String> response) throws IOException {
    var cache = response.getOrDefault(ExporterKeys.RESPONSE_CACHE_MANIFEST, "");
    if (cache.isEmpty()) {
      return;
    }
    var descriptor = Json.parseObject(cache.getBytes(StandardCharsets.UTF_8));
    for (var export : localExports) {
      var index = new LayoutIndex(export.folder());
      index.putTag(descriptor, export.tag());
      if (export.reset()) {
        index.deleteUnreachable();
      }
    }
  }
}
