package org.jbuildkit.oci;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;

/**
 * Points to a blob.
 *
 * @param size in bytes
 * @param urls where else the blob may be had; only foreign layers have them
 * @param data the blob itself in base64, empty if it is not embedded
 * @param platform what the blob is for, in an index
 * @param artifactType empty for images
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    List<String> urls,
    SequencedMap<String, String> annotations,
    String data,
    Optional<Platform> platform,
    String artifactType) {

  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("negative size: " + size);
    }
    urls = List.copyOf(urls);
    annotations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(annotations));
  }

  public Descriptor(
      String mediaType,
      Digest digest,
      long size,
      SequencedMap<String, String> annotations,
      Optional<Platform> platform) {
    this(mediaType, digest, size, List.of(), annotations, "", platform, "");
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(mediaType, digest, size, new LinkedHashMap<>(), Optional.empty());
  }

  /** The descriptor of these bytes. */
  public static Descriptor of(String mediaType, byte[] bytes) {
    return new Descriptor(mediaType, Digest.sha256(bytes), bytes.length);
  }

  public Descriptor withMediaType(String changed) {
    return new Descriptor(changed, digest, size, urls, annotations, data, platform, artifactType);
  }

  public Descriptor withUrls(List<String> changed) {
    return new Descriptor(
        mediaType, digest, size, changed, annotations, data, platform, artifactType);
  }

  public Descriptor withData(String base64) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, base64, platform, artifactType);
  }

  public Descriptor withAnnotations(SequencedMap<String, String> changed) {
    return new Descriptor(mediaType, digest, size, urls, changed, data, platform, artifactType);
  }

  public Descriptor withAnnotation(String key, String value) {
    var changed = new LinkedHashMap<>(annotations);
    changed.put(key, value);
    return withAnnotations(changed);
  }

  public Descriptor withPlatform(Platform changed) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, Optional.of(changed), artifactType);
  }

  /** The annotation's value, or empty text. */
  public String annotation(String key) {
    return annotations.getOrDefault(key, "");
  }

  /** The JSON form, members in the order of Go's {@code v1.Descriptor}. */
  public Json.Obj toJson() {
    var json =
        Json.object()
            .put("mediaType", mediaType)
            .put("digest", digest.toString())
            .put("size", size)
            .putUnlessEmpty("urls", urls)
            .putUnlessEmpty("annotations", annotations)
            .putUnlessEmpty("data", data);
    platform.ifPresent(p -> json.put("platform", p.toJson()));
    return json.putUnlessEmpty("artifactType", artifactType).build();
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
        json.texts("urls"),
        json.textMap("annotations"),
        json.text("data"),
        platform,
        json.text("artifactType"));
  }
}
