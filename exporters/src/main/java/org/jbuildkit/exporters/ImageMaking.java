package org.jbuildkit.exporters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.exporters.image.ExportedImage;
import org.jbuildkit.exporters.image.ImageAssembly;
import org.jbuildkit.exporters.image.ImageLayer;
import org.jbuildkit.exporters.image.ImageOptions;
import org.jbuildkit.exporters.image.ImageStatements;
import org.jbuildkit.exporters.image.PlatformImage;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.protocol.keys.AttestationKeys;
import org.jbuildkit.store.LayerBlob;
import org.jbuildkit.store.LayerBlobs;
import org.jbuildkit.store.Ref;

/** Makes one image of a build's result. */
final class ImageMaking {
  private final ImageOptions options;
  private final LayerBlobs blobs;
  private final Steps steps;
  private final BuildResult result;
  private final String daemon;
  private final boolean leavesPending;
  private final Map<Digest, LayerBlob> pending = new HashMap<>();

  /**
   * @param daemon its version
   * @param leavesPending whether layers that were not fetched yet may stay where they are
   */
  ImageMaking(
      ImageOptions options,
      LayerBlobs blobs,
      Steps steps,
      BuildResult plain,
      String daemon,
      boolean leavesPending) {
    this.daemon = daemon;
    this.options = options;
    this.blobs = blobs;
    this.steps = steps;
    this.leavesPending = leavesPending && !options.rewriteTimestamps() && !isScanned(plain);
    var metadata = new LinkedHashMap<>(plain.metadata());
    options
        .metadata()
        .forEach((key, value) -> metadata.put(key, value.getBytes(StandardCharsets.UTF_8)));
    this.result = plain.withMetadata(metadata);
  }

  /** What a scanner found is told with the layers that it is in: these have to be here. */
  private static boolean isScanned(BuildResult result) {
    return result.attestations().values().stream()
        .flatMap(List::stream)
        .anyMatch(one -> one.metadata().containsKey(AttestationKeys.SBOM_CORE));
  }

  /** The result, its metadata overridden by the request. */
  BuildResult result() {
    return result;
  }

  boolean isMap() {
    return !result.byPlatform().isEmpty();
  }

  /** Layers of the image that are not stored, by digest. */
  Map<Digest, LayerBlob> pending() {
    return pending;
  }

  ExportedImage make() throws IOException, InterruptedException {
    var listed = result.metadata("refs.platforms", Optional.empty());
    if (isMap() && listed.isEmpty()) {
      throw BuildException.failed("unable to export multiple refs, missing platforms mapping");
    }
    var platforms =
        ResultPlatform.of(listed, result.metadata("containerimage.config", Optional.empty()));
    var images =
        steps.step(
            "exporting layers",
            () -> {
              var made = new ArrayList<PlatformImage>();
              for (var platform : platforms) {
                made.add(image(platform));
              }
              return made;
            });
    return new ImageAssembly(blobs.content(), options, annotations(), steps).write(images, isMap());
  }

  /** The epoch in effect for the first platform, which is that of the whole. */
  OptionalLong epoch() {
    var listed = result.metadata("refs.platforms", Optional.empty());
    var config = result.metadata("containerimage.config", Optional.empty());
    return epoch(ResultPlatform.of(listed, config).getFirst().id());
  }

  private SequencedMap<String, String> annotations() {
    var annotations = new LinkedHashMap<String, String>();
    result
        .metadata()
        .forEach((key, value) -> {
          if (key.startsWith("annotation")) {
            annotations.put(key, new String(value, StandardCharsets.UTF_8));
          }
        });
    return annotations;
  }

  private PlatformImage image(ResultPlatform platform) throws IOException, InterruptedException {
    var id = Optional.of(platform.id());
    var tree = isMap() ? result.byPlatform().get(platform.id()) : result.single();
    if (tree == null) {
      throw BuildException.failed("failed to find ref for ID " + platform.id());
    }
    return new PlatformImage(
        platform,
        layers(tree),
        result.metadata("containerimage.config", id),
        result.metadata("containerimage.base.config", id),
        epoch(platform.id()),
        Optional.empty(),
        stated(platform));
  }

  private ImageStatements stated(ResultPlatform platform) {
    var attestations = result.attestations().getOrDefault(platform.id(), List.of());
    return new ImageStatements(attestations, options.names(), daemon);
  }

  private List<ImageLayer> layers(Optional<Ref> tree) throws IOException, InterruptedException {
    if (tree.isEmpty()) {
      return List.of();
    }
    var form =
        new LayerBlobs.Form(
            options.compression(), options.compressionLevel(), options.forceCompression());
    var found = leavesPending ? blobs.unfetched(tree.get(), form) : blobs.of(tree.get(), form);
    var layers = new ArrayList<ImageLayer>();
    for (var blob : found) {
      if (blob.pending().isPresent()) {
        pending.put(blob.descriptor().digest(), blob);
      }
      layers.add(
          new ImageLayer(
              blob.descriptor(), blob.diffId(), blob.description(), Optional.of(blob.created())));
    }
    return layers;
  }

  private OptionalLong epoch(String platform) {
    return ResultEpoch.of(options.epoch(), result, platform);
  }
}
