package org.jbuildkit.exporters.image;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jbuildkit.oci.compress.Compression;

/**
 * What a request asks of an image.
 *
 * @param names comma-separated image names, {@code *} for those of the frontend
 * @param ociTypes whether documents have OCI's media types rather than Docker's
 * @param ociArtifact whether attestation manifests are artifacts
 * @param inlineAttestations whether attestations meant for inlining alone ask for an index
 * @param keepForeign whether layers that are not to be distributed stay so
 * @param epoch what the request says of the epoch
 * @param rewriteTimestamps whether times in layers are cut at the epoch
 * @param forceCompression whether layers that exist already are converted too
 * @param metadata attributes that are no options: they override the frontend's metadata
 */
public record ImageOptions(
    String names,
    boolean ociTypes,
    boolean ociArtifact,
    boolean inlineAttestations,
    boolean keepForeign,
    Epoch epoch,
    boolean rewriteTimestamps,
    Compression compression,
    boolean forceCompression,
    OptionalLong compressionLevel,
    Annotations annotations,
    PushOptions push,
    boolean asTar,
    SequencedMap<String, String> metadata) {

  /** The kind of exporter, which decides some defaults. */
  public enum Kind {
    IMAGE,
    OCI,
    DOCKER
  }

  /** What a request says of the epoch. */
  public sealed interface Epoch {
    /** Nothing: the frontend decides. */
    record Unset() implements Epoch {}

    /** That there is none. */
    record None() implements Epoch {}

    /** Seconds since 1970. */
    record At(long seconds) implements Epoch {}

    /**
     * Reads an attribute's value, which is empty for none.
     *
     * @throws org.jbuildkit.base.BuildException for anything but a number
     */
    static Epoch parse(Optional<String> value) {
      if (value.isEmpty()) {
        return new Unset();
      }
      if (value.get().isEmpty()) {
        return new None();
      }
      try {
        return new At(Long.parseLong(value.get()));
      } catch (NumberFormatException e) {
        var reason = "strconv.ParseInt: parsing \"" + value.get() + "\": invalid syntax";
        throw new org.jbuildkit.base.BuildException(
            org.jbuildkit.base.ErrorCode.UNKNOWN,
            "invalid source-date-epoch: " + reason + ": " + reason,
            e);
      }
    }
  }

  /**
   * What the image exporter does after the image is made.
   *
   * @param danglingPrefix for a name by digest; empty for none
   */
  public record PushOptions(
      boolean push,
      boolean byDigest,
      boolean insecure,
      boolean unpack,
      boolean store,
      boolean canonicalName,
      String danglingPrefix,
      boolean danglingIfUnnamed) {}

  /**
   * Reads attributes; all that are unknown become metadata.
   *
   * @throws org.jbuildkit.base.BuildException for values that make no sense, in upstream's words
   */
  public static ImageOptions parse(SequencedMap<String, String> attributes, Kind kind) {
    return new ImageAttributes(attributes).parse(kind);
  }

  /** The name list in effect. */
  public String names(Optional<byte[]> ofFrontend) {
    return names.equals("*")
        ? ofFrontend
            .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
            .orElse(names)
        : names;
  }
}
