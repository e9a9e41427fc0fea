package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.client.ResultMetadata;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.protocol.keys.ExporterKeys;

/** Files that a build's outcome is written to. */
final class ResultPrinter {
  private ResultPrinter() {}

  /** The image's id; empty if the build gave no image. */
  static String imageId(Map<String, String> response) {
    var digest = response.getOrDefault(ExporterKeys.RESPONSE_DIGEST, "");
    return response.getOrDefault(ExporterKeys.RESPONSE_CONFIG_DIGEST, digest);
  }

  static void writeImageId(String file, Map<String, String> response) {
    try {
      Files.writeString(Path.of(file), imageId(response));
    } catch (NoSuchFileException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "writing image ID file: open " + file + ": no such file or directory",
          e);
    } catch (IOException e) {
      throw BuildException.failed("writing image ID file", e);
    }
  }

  /**
   * Writes the metadata file.
   *
   * @param more members besides the response
   */
  static void writeMetadata(String file, Map<String, String> response, Map<String, Json> more)
      throws IOException {
    var parent = Path.of(file).toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw BuildException.failed(
          "invalid output path: stat " + parent + ": no such file or directory");
    }
    var members = new java.util.TreeMap<>(ResultMetadata.document(response).members());
    members.putAll(more);
    ResultMetadata.write(Path.of(file), new Json.Obj(new LinkedHashMap<>(members)));
  }

  /** Warnings as the metadata file has them. */
  static Json warnings(List<VertexWarning> warnings) {
    var elements = new ArrayList<Json>();
    for (var warning : warnings) {
      elements.add(
          Json.object()
              .putUnlessEmpty("vertex", warning.getVertex())
              .putUnlessZero("level", warning.getLevel())
              .putUnlessEmpty("short", base64(warning.getShort()))
              .putUnlessEmpty(
                  "detail", warning.getDetailList().stream().map(ResultPrinter::base64).toList())
              .putUnlessEmpty("url", warning.getUrl())
              .build());
    }
    return new Json.Arr(elements);
  }

  private static String base64(com.google.protobuf.ByteString bytes) {
    return java.util.Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** Frontend metadata as a response has it. */
  static Map<String, String> texts(Map<String, byte[]> metadata) {
    var texts = new LinkedHashMap<String, String>();
    metadata.forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.UTF_8)));
    return texts;
  }
}
