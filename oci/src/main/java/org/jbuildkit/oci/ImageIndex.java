package org.jbuildkit.oci;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;

/**
 * Manifests that belong together: an image for several platforms, or the content of a layout.
 *
 * @param mediaType empty where the document states none
 * @param artifactType empty for images
 */
public record ImageIndex(
    String mediaType,
    String artifactType,
    List<Descriptor> manifests,
    Optional<Descriptor> subject,
    SequencedMap<String, String> annotations) {

  public ImageIndex {
    manifests = List.copyOf(manifests);
    annotations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(annotations));
  }

  public ImageIndex(
      String mediaType, List<Descriptor> manifests, SequencedMap<String, String> annotations) {
    this(mediaType, "", manifests, Optional.empty(), annotations);
  }

  /**
   * Reads an index from outside.
   *
   * @throws BuildException if it is none, is a manifest too, or is too large
   */
  public static ImageIndex parse(byte[] document) {
    var json = Documents.object(document, "image index");
    Documents.refuseAmbiguous(json);
    try {
      return new ImageIndex(
          json.text("mediaType"),
          json.text("artifactType"),
          Documents.descriptors(json, "manifests", "image index"),
          json.get("subject").map(_ -> Descriptor.fromJson(json.object("subject"))),
          json.textMap("annotations"));
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("invalid image index", e);
    }
  }

  /** Members in the order of Go's {@code v1.Index}. */
  public Json.Obj toJson() {
    var json =
        Json.object()
            .put("schemaVersion", 2)
            .putUnlessEmpty("mediaType", mediaType)
            .putUnlessEmpty("artifactType", artifactType)
            .put("manifests", Manifest.toJson(manifests));
    subject.ifPresent(s -> json.put("subject", s.toJson()));
    return json.putUnlessEmpty("annotations", annotations).build();
  }

  /** The document as it is stored among blobs, indented by two spaces. */
  public byte[] bytes() {
    return toJson().writeIndented("", "  ").getBytes(StandardCharsets.UTF_8);
  }

  /** The document as {@code index.json} of a layout has it, without spaces. */
  public byte[] compactBytes() {
    return toJson().bytes();
  }
}
