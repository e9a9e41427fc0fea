package org.jbuildkit.buildctl;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.LayoutIndex;
import org.jbuildkit.protocol.keys.ExporterKeys;

/** What a client writes once a build has succeeded. */
final class ResultFiles {
  private static final String RESULT_TEXT = "result.txt";
  private static final String RESULT_PREFIX = "result.";

  private ResultFiles() {}

  /** Names what the daemon wrote into image layouts and local caches in their indexes. */
  static void nameBlobs(Map<String, String> response, Outputs outputs, Caches caches)
      throws IOException {
    var cache = response.getOrDefault(ExporterKeys.RESPONSE_CACHE_MANIFEST, "");
    if (!cache.isEmpty()) {
      var descriptor = Json.parseObject(cache.getBytes(StandardCharsets.UTF_8));
      for (var export : caches.localExports()) {
        var index = new LayoutIndex(export.folder());
        index.putTag(descriptor, export.tag());
        if (export.reset()) {
          index.deleteUnreachable();
        }
      }
    }
    var image = response.getOrDefault(ExporterKeys.RESPONSE_DESCRIPTOR, "");
    if (outputs.store().isPresent() && !image.isEmpty()) {
      var descriptor = Json.parseObject(Base64.getDecoder().decode(image));
      var index = new LayoutIndex(outputs.store().get());
      var names = response.getOrDefault(ExporterKeys.RESPONSE_IMAGE_NAME, "");
      if (names.isEmpty()) {
        index.putTag(descriptor, "latest");
      } else {
        for (var name : names.split(",", -1)) {
          index.putName(descriptor, name);
        }
      }
    }
  }

  /** The exporters' response as indented JSON; encoded documents are embedded. */
  static void writeMetadata(Path file, Map<String, String> response) throws IOException {
    var members = new LinkedHashMap<String, Json>();
    new TreeMap<>(response)
        .forEach((key, value) ->
            members.put(key, document(value).<Json>map(d -> d).orElse(Json.of(value))));
    var text = new Json.Obj(members).writeIndented("", "  ");
    var absolute = file.toAbsolutePath();
    var temporary = absolute.resolveSibling("." + absolute.getFileName() + ".tmp");
    Files.writeString(temporary, text);
    Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Optional<Json.Obj> document(String value) {
    try {
      var json = Json.parseObject(Base64.getDecoder().decode(value));
      return json.members().isEmpty() ? Optional.empty() : Optional.of(json);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** The answer to a sub-request. */
  static void printResult(BuildSpec.Outcome outcome, PrintStream out) {
    var text = outcome.metadata().get(RESULT_TEXT);
    if (text != null) {
      out.writeBytes(text);
    } else {
      new TreeMap<>(outcome.metadata())
          .forEach((key, value) -> {
            if (key.startsWith(RESULT_PREFIX)) {
              out.println(key);
              out.writeBytes(value);
              out.println();
            }
          });
    }
    out.flush();
  }

  static void writeRef(String file, String ref) {
    try {
      Files.writeString(Path.of(file), ref);
    } catch (IOException e) {
      throw BuildException.failed("failed to write ref file", e);
    }
  }
}
