package org.jbuildkit.exporters.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageIndex;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.store.ContentStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an image's documents over layers that are stored already; their times are cut at the epoch
 * where that is asked for.
 */
public final class ImageAssembly {
  private static final Logger LOG = LoggerFactory.getLogger(ImageAssembly.class);

  private final ContentStore store;
  private final ImageOptions options;
  private final Annotations annotations;
  private final Steps steps;
  private final List<Descriptor> blobs = new ArrayList<>();

  /**
   * @param ofFrontend annotations of the frontend, which override those of the request
   */
  public ImageAssembly(
      ContentStore store,
      ImageOptions options,
      SequencedMap<String, String> ofFrontend,
      Steps steps) {
    this.store = store;
    this.options = options;
    this.steps = steps;
    var entries = new ArrayList<Annotations.Entry>();
    ofFrontend.forEach((key, value) -> Annotations.parse(key, value).ifPresent(entries::add));
    this.annotations = options.annotations().overriddenBy(entries);
  }

  /**
   * Writes one image for each platform, and an index where several results were asked for or
   * attestations need one.
   *
   * @param isMap whether the result had its trees by platform
   */
  public ExportedImage write(List<PlatformImage> images, boolean isMap)
      throws IOException, InterruptedException {
    if (!options.ociTypes()) {
      annotations.requireManifestOnly();
    }
    if (isMap) {
      annotations.requirePlatforms(
          images.stream().map(image -> image.platform().platform().formatAll()).toList());
    }
    if (isMap || needsIndex(images)) {
      return writeIndex(images);
    }
    if (images.size() > 1) {
      throw BuildException.failed(
          "cannot export multiple platforms without multi-platform enabled");
    }
    return writeSingle(images.getFirst());
  }

  private boolean needsIndex(List<PlatformImage> images) {
    return images.size() == 1 && images.getFirst().stated().needIndex(options.inlineAttestations());
  }

  private ExportedImage writeSingle(PlatformImage image) throws IOException, InterruptedException {
    boolean hasIndexAnnotations =
        !annotations.ofIndex(Annotations.Place.INDEX).isEmpty()
            || !annotations.ofIndex(Annotations.Place.INDEX_DESCRIPTOR).isEmpty();
    if (hasIndexAnnotations) {
      throw BuildException.failed("index annotations not supported for single platform export");
    }
    var written = writeManifest(image, "");
    return new ExportedImage(
        written.descriptor().withPlatform(image.platform().platform()),
        Optional.of(written.manifest().config()),
        written.manifest().layers(),
        blobs);
  }

  private record Written(Manifest manifest, Descriptor descriptor) {}

  private Written writeManifest(PlatformImage original, String group)
      throws IOException, InterruptedException {
    var image = withTimesCut(original);
    var config = config(image);
    var configType = options.ociTypes() ? MediaType.OCI_CONFIG : MediaType.DOCKER_CONFIG;
    var configDescriptor = Descriptor.of(configType, config);
    var layers = image.layers().stream().map(layer -> outside(layer.descriptor())).toList();
    var manifest =
        new Manifest(
            options.ociTypes() ? MediaType.OCI_MANIFEST : MediaType.DOCKER_MANIFEST,
            configDescriptor,
            layers,
            annotations.of(Annotations.Place.MANIFEST, group));
    var bytes = manifest.bytes();
    var descriptor = Descriptor.of(manifest.mediaType(), bytes);
    steps.step("exporting manifest " + descriptor.digest(), () -> store.put(bytes));
    steps.step("exporting config " + configDescriptor.digest(), () -> store.put(config));
    blobs.addAll(layers);
    blobs.add(configDescriptor);
    blobs.add(descriptor);
    return new Written(
        manifest,
        descriptor.withAnnotations(annotations.of(Annotations.Place.MANIFEST_DESCRIPTOR, group)));
  }

  private static byte[] config(PlatformImage image) {
    var frontend =
        image
            .config()
            .filter(bytes -> bytes.length > 0)
            .orElseGet(() -> ConfigDocument.empty(image.platform().platform()));
    return ConfigDocument.assemble(
        frontend, image.baseConfig(), image.layers(), image.epoch(), image.inlineCache());
  }

  private PlatformImage withTimesCut(PlatformImage image) throws IOException, InterruptedException {
    if (!options.rewriteTimestamps()) {
      return image;
    }
    if (image.epoch().isEmpty()) {
      LOG.warn("rewrite-timestamp is specified, but no source-date-epoch was found");
      return image;
    }
    long epoch = image.epoch().getAsLong();
    var rewriter = new LayerTimes(store, options);
    return image.withLayers(
        steps.step(
            LayerTimes.step(epoch),
            () -> rewriter.rewrite(image.layers(), image.baseConfig(), epoch)));
  }

  /** The descriptor without what is our own business. */
  private Descriptor outside(Descriptor layer) {
    var mediaType =
        options.ociTypes()
            ? MediaType.layerToOci(layer.mediaType())
            : MediaType.layerToDocker(layer.mediaType());
    var shown = new LinkedHashMap<String, String>();
    if (options.ociTypes()) {
      layer
          .annotations()
          .forEach((key, value) -> {
            if (!isInternal(key)) {
              shown.put(key, value);
            }
          });
    }
    boolean staysForeign = options.keepForeign() && MediaType.isForeignLayer(mediaType);
    return new Descriptor(
            staysForeign ? mediaType : MediaType.distributable(mediaType),
            layer.digest(),
            layer.size(),
            shown,
            Optional.empty())
        .withUrls(staysForeign ? layer.urls() : List.of());
  }

  private static boolean isInternal(String annotation) {
    return annotation.equals(ImageLayer.UNCOMPRESSED)
        || annotation.equals("buildkit/createdat")
        || annotation.startsWith("containerd.io/distribution.source.");
  }

  private ExportedImage writeIndex(List<PlatformImage> images)
      throws IOException, InterruptedException {
    boolean hasAttestations = images.stream().anyMatch(one -> one.stated().needIndex(true));
    if (hasAttestations && !options.ociTypes()) {
      throw BuildException.failed("cannot export attestations with \"oci-mediatypes=false\"");
    }
    var manifests = new ArrayList<Descriptor>();
    var attestations = new ArrayList<Descriptor>();
    for (var image : images) {
      var platform = image.platform().platform();
      var written = writeManifest(image, platform.formatAll());
      manifests.add(written.descriptor().withPlatform(platform));
      if (image.stated().needIndex(true)) {
        attestations.add(
            new AttestationWriter(store, options, steps, blobs)
                .write(image, written.descriptor(), written.manifest().layers()));
      }
    }
    manifests.addAll(attestations);
    var index =
        new ImageIndex(
            options.ociTypes() ? MediaType.OCI_INDEX : MediaType.DOCKER_INDEX,
            manifests,
            annotations.ofIndex(Annotations.Place.INDEX));
    var bytes = index.bytes();
    var descriptor = Descriptor.of(index.mediaType(), bytes);
    steps.step("exporting manifest list " + descriptor.digest(), () -> store.put(bytes));
    blobs.add(descriptor);
    var root = descriptor.withAnnotations(annotations.ofIndex(Annotations.Place.INDEX_DESCRIPTOR));
    return new ExportedImage(root, Optional.empty(), List.of(), blobs);
  }
}
