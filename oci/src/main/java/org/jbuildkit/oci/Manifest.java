package org.jbuildkit.oci;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;

/**
 * One image of one platform, or an artifact.
 *
 * @param artifactType empty for images
 * @param layers lowest first
 * @param subject what an artifact is about
 */
public record Manifest(
    String mediaType,
    String artifactType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject,
    SequencedMap<String, String> annotations) {

  public Manifest {
    layers = List.copyOf(layers);
    annotations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(annotations));
  }

  public Manifest(
      String mediaType,
      Descriptor config,
      List<Descriptor> layers,
      SequencedMap<String, String> annotations) {
    this(mediaType, "", config, layers, Optional.empty(), annotations);
  }

  /**
   * Reads a manifest from outside.
   *
   * @throws BuildException if it is none, is an index too, or is too large
   */
  public static Manifest parse(byte[] document) {
    var json = Documents.object(document, "image manifest");
    Documents.refuseAmbiguous(json);
    if (!(json.get("config").orElse(null) instanceof Json.Obj config)) {
      throw BuildException.invalid("image manifest has no config");
    }
    try {
      return new Manifest(
          json.text("mediaType"),
          json.text("artifactType"),
          Descriptor.fromJson(config),
          Documents.descriptors(json, "layers", "image manifest"),
          json.get("subject").map(_ -> Descriptor.fromJson(json.object("subject"))),
          json.textMap("annotations"));
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid image manifest", e);
    }
  }

  /** Members in the order of Go's {@code v1.Manifest}; no layers are {@code null}. */
  public Json.Obj toJson() {
    var json =
        Json.object()
            .put("schemaVersion", 2)
            .put("mediaType", mediaType)
            .putUnlessEmpty("artifactType", artifactType)
            .put("config", config.toJson())
            .put("layers", toJson(layers));
    subject.ifPresent(s -> json.put("subject", s.toJson()));
    return json.putUnlessEmpty("annotations", annotations).build();
  }

  static Json toJson(List<Descriptor> descriptors) {
    if (descriptors.isEmpty()) {
      return new Json.Null();
    }
    var elements = new ArrayList<Json>();
    descriptors.forEach(d -> elements.add(d.toJson()));
    return new Json.Arr(elements);
  }

  /** The document as it is stored, indented by two spaces. */
  public byte[] bytes() {
    return toJson().writeIndented("", "  ").getBytes(StandardCharsets.UTF_8);
  }
}
