package org.jbuildkit.exporters.image;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that makes the image of one platform.
 *
 * @param layers lowest first, their blobs stored
 * @param config as the frontend gave it
 * @param baseConfig of the base image
 * @param epoch in effect, seconds since 1970
 * @param inlineCache cache records to embed in the config
 */
public record PlatformImage(
    ResultPlatform platform,
    List<ImageLayer> layers,
    Optional<byte[]> config,
    Optional<byte[]> baseConfig,
    OptionalLong epoch,
    Optional<byte[]> inlineCache,
    ImageStatements stated) {
  public PlatformImage {
    layers = List.copyOf(layers);
  }

  PlatformImage withLayers(List<ImageLayer> changed) {
    return new PlatformImage(platform, changed, config, baseConfig, epoch, inlineCache, stated);
  }
}
