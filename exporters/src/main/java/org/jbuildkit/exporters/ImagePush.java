package org.jbuildkit.exporters;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.exporters.image.ExportedImage;
import org.jbuildkit.exporters.image.ImageOptions;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.registry.BlobUpload;
import org.jbuildkit.oci.registry.Credentials;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.oci.registry.RegistryException;
import org.jbuildkit.oci.registry.RegistryHost;
import org.jbuildkit.oci.registry.Repository;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.LayerBlob;

/** Sends images to registries: blobs at once, then documents from the leaves to the root. */
final class ImagePush {
  private static final String PLACE = "containerd.io/distribution.source.";
  private static final int STANDARD_ERROR = 2;

  private final ImageExporter.Registry registry;
  private final Credentials asker;
  private final ContentStore content;
  private final Steps steps;
  private final VertexReport report;

  ImagePush(
      ImageExporter.Registry registry,
      Credentials asker,
      ContentStore content,
      Steps steps,
      VertexReport report) {
    this.registry = registry;
    this.asker = asker;
    this.content = content;
    this.steps = steps;
    this.report = report;
  }

  /**
   * Pushes an image under one name.
   *
   * @param pending layers that are not stored, by digest
   * @throws BuildException {@code failed to push NAME: …}
   */
  void push(
      String name,
      ExportedImage image,
      Map<Digest, LayerBlob> pending,
      ImageOptions.PushOptions options)
      throws IOException, InterruptedException {
    try {
      var reference = reference(name, image, options);
      var repository =
          options.insecure()
              ? registry.client().insecureRepository(reference, asker, RegistryClient.Purpose.PUSH)
              : registry.client().repository(reference, asker, RegistryClient.Purpose.PUSH);
      steps.step("pushing layers", () -> layers(repository, image, pending));
      var shown = options.byDigest() ? reference.nameOnly() : reference;
      steps.step("pushing manifest for " + shown, () -> documents(repository, image, reference));
    } catch (RegistryException e) {
      throw BuildException.failed("failed to push " + name + ": " + e.detailed());
    } catch (BuildException e) {
      throw e.getCause() instanceof RegistryException inner
          ? BuildException.failed("failed to push " + name + ": " + inner.detailed())
          : e.within("failed to push " + name);
    }
  }

  private static ImageReference reference(
      String name, ExportedImage image, ImageOptions.PushOptions options) {
    var parsed = ImageReference.parse(name);
    if (!options.byDigest()) {
      return parsed.withDefaultTag().withDigest(image.root().digest());
    }
    if (!parsed.tag().isEmpty() || parsed.digest().isPresent()) {
      throw BuildException.invalid("can't push tagged ref " + parsed + " by digest");
    }
    return parsed.withDigest(image.root().digest());
  }

  private static boolean isDocument(Descriptor blob) {
    return MediaType.isManifest(blob.mediaType()) || MediaType.isIndex(blob.mediaType());
  }

  private void log(String line) {
    report.log(STANDARD_ERROR, line.getBytes(StandardCharsets.UTF_8));
  }

  private boolean layers(Repository repository, ExportedImage image, Map<Digest, LayerBlob> pending)
      throws InterruptedException {
    var unique = new LinkedHashMap<Digest, Descriptor>();
    for (var blob : image.blobs()) {
      if (!isDocument(blob) && !MediaType.isForeignLayer(blob.mediaType())) {
        unique.putIfAbsent(blob.digest(), blob);
      }
    }
    try (var scope = TaskScope.open()) {
      for (var blob : unique.values()) {
        var waiting = Optional.ofNullable(pending.get(blob.digest()));
        scope.fork(() -> blob(repository, blob, waiting));
      }
      scope.join();
    }
    return true;
  }

  private boolean blob(Repository repository, Descriptor blob, Optional<LayerBlob> pending)
      throws IOException, InterruptedException {
    var host = RegistryHost.withoutPort(repository.name().domain());
    var elsewhere = elsewhere(host, blob, pending);
    var upload =
        new BlobUpload() {
          @Override
          public Descriptor descriptor() {
            return blob;
          }

          @Override
          public List<String> elsewhere() {
            return elsewhere;
          }

          @Override
          public void prepare() throws IOException, InterruptedException {
            if (pending.isPresent() && content.size(blob.digest()).isEmpty()) {
              var lazy = pending.get();
              lazy.pending().orElseThrow().fetch(lazy.descriptor(), content);
            }
          }

          @Override
          public InputStream open() throws IOException {
            return content
                .open(blob.digest())
                .orElseThrow(() -> new IOException("content " + blob.digest() + ": not found"));
          }
        };
    registry
        .client()
        .attempts()
        .run(
            this::log,
            () -> {
              repository.push(upload);
              return Boolean.TRUE;
            });
    if (isMountable(blob.mediaType())) {
      registry.origins().add(blob.digest(), host, repository.name().path());
    }
    return true;
  }

  private static boolean isMountable(String mediaType) {
    return MediaType.isLayer(mediaType) && !mediaType.endsWith("zstd");
  }

  /** Repositories of the same registry that are known to hold a blob. */
  private List<String> elsewhere(String host, Descriptor blob, Optional<LayerBlob> pending)
      throws IOException {
    var known = new ArrayList<>(registry.origins().repositories(blob.digest(), host));
    pending
        .map(lazy -> lazy.descriptor().annotation(PLACE + host))
        .filter(list -> !list.isEmpty())
        .ifPresent(list -> known.addAll(List.of(list.split(",", -1))));
    return known.stream().distinct().toList();
  }

  private boolean documents(Repository repository, ExportedImage image, ImageReference reference)
      throws IOException, InterruptedException {
    for (var blob : image.blobs()) {
      if (!isDocument(blob)) {
        continue;
      }
      boolean isTagged = blob.digest().equals(image.root().digest()) && !reference.tag().isEmpty();
      var tag = isTagged ? Optional.of(reference.tag()) : Optional.<String>empty();
      byte[] bytes;
      try (var in =
          content
              .open(blob.digest())
              .orElseThrow(() -> new IOException("content " + blob.digest() + ": not found"))) {
        bytes = in.readAllBytes();
      }
      registry
          .client()
          .attempts()
          .run(
              this::log,
              () -> {
                repository.pushDocument(blob.mediaType(), bytes, tag);
                return Boolean.TRUE;
              });
    }
    return true;
  }
}
