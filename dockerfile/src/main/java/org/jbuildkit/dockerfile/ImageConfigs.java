package org.jbuildkit.dockerfile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.Shared;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;

/**
 * Image sources and their configs, each asked for once however often a file is converted. For
 * several threads.
 */
final class ImageConfigs {
  private final FrontendClient client;
  private final String mode;
  private final SourceDates dates;
  private final Map<String, Shared<FrontendClient.Image>> resolved = new ConcurrentHashMap<>();

  /**
   * @param mode when registries are asked although an image is known: {@code pull}, {@code local},
   *     or empty
   */
  ImageConfigs(FrontendClient client, String mode) {
    this.client = client;
    this.mode = mode;
    this.dates = new SourceDates(client);
  }

  /** Of sources that are no images. */
  SourceDates dates() {
    return dates;
  }

  /**
   * @param key tells this image from all others of the build
   */
  FrontendClient.Image resolve(LlbEdge source, Platform platform, String logName, String key)
      throws InterruptedException {
    return resolved
        .computeIfAbsent(
            key + " " + platform.formatAll(),
            _ -> new Shared<>(key, () -> client.resolveImage(source, platform, logName)))
        .await();
  }

  LlbEdge source(String reference, Platform platform, Ops.About about) {
    Map<String, String> attributes = mode.isEmpty() ? Map.of() : Map.of("image.resolvemode", mode);
    var capabilities =
        mode.equals("pull")
            ? List.of("source.image", "source.image.resolvemode")
            : List.of("source.image");
    return Ops.source(
        "docker-image://" + reference, attributes, Optional.of(platform), capabilities, about);
  }
}
