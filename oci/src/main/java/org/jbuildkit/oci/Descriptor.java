package org.jbuildkit.oci;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;

/**
 * Points to a blob.
 *
 * @param size in bytes
 * @param platform what the blob is for, in an index
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    SequencedMap<String, String> annotations,
    Optional<Platform> platform) {

  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("negative size: " + size);
    }
    annotations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(annotations));
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(mediaType, digest, size, new LinkedHashMap<>(), Optional.empty());
  }

  /** The descriptor of these bytes. */
  public static Descriptor of(String mediaType, byte[] bytes) {
    return new Descriptor(mediaType, Digest.sha256(bytes), bytes.length);
  }

  public Descriptor withAnnotations(SequencedMap<String, String> changed) {
    return new Descriptor(mediaType, digest, size, changed, platform);
  }

  public Descriptor withAnnotation(String key, String value) {
    var changed = new LinkedHashMap<>(annotations);
    changed.put(key, value);
    return withAnnotations(changed);
  }

  public Descriptor withPlatform(Platform changed) {
    return new Descriptor(mediaType, digest, size, annotations, Optional.of(changed));
  }

  /** The JSON form, members in the order of Go's {@code v1.Descriptor}. */
  public Json.Obj toJson() {
    var json =
        Json.object()
            .put("mediaType", mediaType)
            .put("digest", digest.toString())
            .put("size", size)
            .putUnlessEmpty("annotations", annotations);
    platform.ifPresent(p -> json.put("platform", p.toJson()));
    return json.build();
  }

  /**
   * Reads the JSON form.
   *
   * @throws IllegalArgumentException for a bad digest or size
   */
  public static Descriptor fromJson(Json.Obj json) {
    Optional<Platform> platform =
        json.get("platform").isPresent()
            ? Optional.of(Platform.fromJson(json.object("platform")))
            : Optional.empty();
    return new Descriptor(
        json.text("mediaType"),
        Digest.parse(json.text("digest")),
        json.number("size"),
        json.textMap("annotations"),
        platform);
  }
}
