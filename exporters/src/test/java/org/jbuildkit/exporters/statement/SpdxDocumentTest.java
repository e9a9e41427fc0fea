package org.jbuildkit.exporters.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.provenance.GenericJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists of software become what BuildKit makes of them, byte for byte. */
class SpdxDocumentTest {
  private static final Map<String, Digest> LAYERS =
      Map.of("a", layer("a"), "n", layer("b"), "x", layer("c"));

  private static Digest layer(String digit) {
    return Digest.parse("sha256:" + digit.repeat(64));
  }

  /** What a scanner wrote, and what comes of it. */
  record Vector(String name, String document, String expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Vector> vectors() throws IOException {
    var lines = Files.readAllLines(Path.of("src/test/resources/spdx.txt"));
    var vectors = new ArrayList<Vector>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("case ")) {
        vectors.add(new Vector(lines.get(i).substring(5), lines.get(i + 1), lines.get(i + 2)));
      }
    }
    return vectors;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void documentsAreCompletedAsByBuildKit(Vector vector) throws IOException {
    assertThat(completed(vector.document())).isEqualTo(vector.expected());
  }

  private static String completed(String document) throws IOException {
    var inBundle = GenericJson.of(Json.parse(document)).write();
    try {
      return SpdxDocument.completed(inBundle, SpdxDocumentTest::find, "v1").orElse("-");
    } catch (BuildException e) {
      return "error: " + e.getMessage();
    }
  }

  private static Optional<Digest> find(String path) {
    return Optional.ofNullable(LAYERS.get(path.replaceFirst("^\\.?/", "")));
  }
}
