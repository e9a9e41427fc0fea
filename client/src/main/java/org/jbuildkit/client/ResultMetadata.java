package org.jbuildkit.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.keys.ExporterKeys;

/** What clients write of a build's response. */
public final class ResultMetadata {
  private static final String RESULT_JSON = "result.json";

  private ResultMetadata() {}

  /** The response as an object with sorted names; encoded documents are embedded. */
  public static Json.Obj document(Map<String, String> response) {
    var members = new LinkedHashMap<String, Json>();
    new TreeMap<>(response)
        .forEach((key, value) -> {
          var embedded = key.equals(RESULT_JSON) ? asIs(value) : decoded(value);
          members.put(key, embedded.orElse(Json.of(value)));
        });
    return new Json.Obj(members);
  }

  private static Optional<Json> asIs(String value) {
    return parse(value.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<Json> decoded(String value) {
    try {
      return parse(Base64.getDecoder().decode(value));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Json> parse(byte[] bytes) {
    try {
      return switch (Json.parse(bytes)) {
        case Json.Obj object when !object.members().isEmpty() -> Optional.of(object);
        case Json.Arr array
            when !array.elements().isEmpty()
                && array.elements().stream().allMatch(Json.Obj.class::isInstance) ->
            Optional.of(array);
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Replaces {@code file} by the document, indented, in one step. */
  public static void write(Path file, Json.Obj document) throws IOException {
    var absolute = file.toAbsolutePath();
    var temporary = absolute.resolveSibling("." + absolute.getFileName() + ".tmp");
    Files.writeString(temporary, document.writeIndented("", "  "));
    Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Names the image that the daemon wrote into a layout's folder in the folder's index. */
  public static void nameImage(Path layout, Map<String, String> response) throws IOException {
    var image = response.getOrDefault(ExporterKeys.RESPONSE_DESCRIPTOR, "");
    if (image.isEmpty()) {
      return;
    }
    var descriptor = Json.parseObject(Base64.getDecoder().decode(image));
    var index = new LayoutIndex(layout);
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
