package org.jbuildkit.exporters.image;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.MediaType;

/**
 * An image whose documents and layers are all stored.
 *
 * @param root manifest or index
 * @param config of a single manifest
 * @param layers of a single manifest, lowest first
 * @param blobs all that the root leads to, itself included; children come before parents
 */
public record ExportedImage(
    Descriptor root, Optional<Descriptor> config, List<Descriptor> layers, List<Descriptor> blobs) {
  private static final String CREATED = "org.opencontainers.image.created";

  public ExportedImage {
    layers = List.copyOf(layers);
    blobs = List.copyOf(blobs);
  }

  public boolean isIndex() {
    return MediaType.isIndex(root.mediaType());
  }

  /**
   * With a note of the time on the root, unless it has one: what goes to files says so.
   *
   * @param epoch seconds since 1970; the present where none is in effect
   */
  public ExportedImage created(OptionalLong epoch, long now) {
    if (root.annotations().containsKey(CREATED)) {
      return this;
    }
    var time = ImageTime.format(ImageTime.ofEpoch(epoch.orElse(now)));
    return new ExportedImage(root.withAnnotation(CREATED, time), config, layers, blobs);
  }

  /**
   * What the build's response says of the image.
   *
   * @param names comma-separated; empty if unnamed
   */
  public SequencedMap<String, String> response(String names) {
    var response = new LinkedHashMap<String, String>();
    config.ifPresent(
        document -> response.put("containerimage.config.digest", document.digest().toString()));
    var descriptor = root.toJson().write();
    response.put(
        "containerimage.descriptor",
        Base64.getEncoder().encodeToString(descriptor.getBytes(StandardCharsets.UTF_8)));
    response.put("containerimage.digest", root.digest().toString());
    if (!names.isEmpty()) {
      response.put("image.name", names);
    }
    return response;
  }
}
