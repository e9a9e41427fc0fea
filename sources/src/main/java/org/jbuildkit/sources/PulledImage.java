package org.jbuildkit.sources;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.oci.ImageIndex;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.PlatformMatcher;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.LazyLayer;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jspecify.annotations.Nullable;

/**
 * An image: its keys, its config, and its layers as a tree that is fetched when somebody needs the
 * files. What the name stands for is found out once. Keys as in BuildKit's {@code
 * source/containerimage}.
 */
final class PulledImage implements Source.Instance {
  private static final String CHAIN = "image.chain";

  private final Source.Request request;
  private final OptionalInt limit;
  private final RecordType type;
  private final ImageStores stores;
  private final ImageBlobs blobs;
  private final LayerProgress progress;
  private final ReentrantLock resolving = new ReentrantLock();
  private volatile @Nullable ImageContent known;

  /**
   * @param limit how many layers are taken
   * @param type of the tree's record
   */
  PulledImage(
      Source.Request request,
      OptionalInt limit,
      RecordType type,
      ImageStores stores,
      ImageBlobs blobs) {
    this.request = request;
    this.limit = limit;
    this.type = type;
    this.stores = stores;
    this.blobs = blobs;
    this.progress = new LayerProgress(stores.clock());
  }

  /**
   * The number of layers in an attribute; empty text for all.
   *
   * @throws BuildException {@code invalid layer limit N}
   */
  static OptionalInt limit(String text) {
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!text.matches("[+-]?[0-9]{1,9}")) {
      throw BuildException.invalid(
          "invalid layer limit %s: strconv.Atoi: parsing \"%s\": invalid syntax"
              .formatted(text, text));
    }
    int limit = Integer.parseInt(text);
    if (limit <= 0) {
      throw BuildException.invalid("invalid layer limit " + text);
    }
    return OptionalInt.of(limit);
  }

  @Override
  public Source.Key key(int index, OpContext<Job> context)
      throws IOException, InterruptedException {
    var content = shown(context);
    if (index == 0) {
      return new Source.Key(digestKey(content.root()), false);
    }
    rearm(content, context);
    return new Source.Key(content.layersKey().orElseGet(() -> digestKey(content.root())), true);
  }

  private String digestKey(Digest digest) {
    var platform = request.platform();
    var json =
        Json.object()
            .put("Digest", digest.toString())
            .put("OS", platform.os())
            .put("Arch", platform.architecture())
            .putUnlessEmpty("Variant", platform.variant())
            .putUnlessEmpty("OSVersion", platform.osVersion())
            .putUnlessEmpty("OSFeatures", platform.osFeatures());
    limit.ifPresent(count -> json.put("Limit", count));
    return Digest.sha256(json.build().write()).toString();
  }

  @Override
  public Optional<String> pin() {
    return Optional.ofNullable(known).map(content -> content.root().toString());
  }

  @Override
  public Optional<Source.ImageMetadata> image(OpContext<Job> context)
      throws IOException, InterruptedException {
    var content = content(context);
    return Optional.of(new Source.ImageMetadata(content.root(), content.config()));
  }

  /** Tells that it resolves the name, unless that is done. */
  private ImageContent shown(OpContext<Job> context) throws IOException, InterruptedException {
    if (known != null) {
      return content(context);
    }
    var steps = new Steps(context.report(), stores.clock());
    var id = "resolve " + request.identifier();
    var started = steps.begin(id);
    try {
      return content(context);
    } finally {
      steps.end(id, started);
    }
  }

  private ImageContent content(OpContext<Job> context) throws IOException, InterruptedException {
    resolving.lockInterruptibly();
    try {
      var found = known;
      if (found == null) {
        var top = blobs.root(context);
        var manifest = manifest(top, context);
        found =
            new ImageContent(top.digest(), manifest, document(manifest.config(), context), limit);
        known = found;
      }
      return found;
    } finally {
      resolving.unlock();
    }
  }

  private Manifest manifest(Descriptor top, OpContext<Job> context)
      throws IOException, InterruptedException {
    var bytes = document(top, context);
    if (!Documents.isIndex(bytes, top.mediaType())) {
      return Manifest.parse(bytes);
    }
    var best = best(ImageIndex.parse(bytes).manifests());
    var document = document(best, context);
    if (Documents.isIndex(document, best.mediaType())) {
      throw BuildException.invalid("index " + top.digest() + " holds the index " + best.digest());
    }
    return Manifest.parse(document);
  }

  private Descriptor best(List<Descriptor> offered) {
    return PlatformMatcher.only(request.platform())
        .best(
            offered.stream().filter(one -> one.platform().isPresent()).toList(),
            Descriptor::platform)
        .or(() -> offered.stream().filter(one -> one.platform().isEmpty()).findFirst())
        .orElseThrow(() -> BuildException.failed("no match for platform in manifest: not found"));
  }

  private byte[] document(Descriptor descriptor, OpContext<Job> context)
      throws IOException, InterruptedException {
    Documents.checkSize(descriptor);
    blobs.fetch(descriptor, context);
    try (var in =
        stores
            .content()
            .open(descriptor.digest())
            .orElseThrow(() -> new IOException("content " + descriptor.digest() + ": not found"))) {
      return in.readNBytes(Documents.MAX_SIZE);
    }
  }

  @Override
  public Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException {
    var layers = content(context).layers();
    var names = names(layers);
    Optional<Ref> top = Optional.empty();
    for (int i = 0; i < layers.size(); i++) {
      var below = top;
      try {
        var options =
            new RefOptions(
                "pulled from " + request.identifier(),
                i == layers.size() - 1 ? type : RecordType.REGULAR,
                false);
        top = Optional.of(layer(below, names.get(i), layers.get(i), options, context));
      } finally {
        below.ifPresent(Ref::close);
      }
    }
    return top;
  }

  /** What each layer is found by: all diff ids up to it, and its own blob. */
  private static List<String> names(List<ImageContent.Layer> layers) {
    var diffIds = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (var layer : layers) {
      diffIds.add(layer.diffId().toString());
      names.add(ImageContent.chain(diffIds) + " " + layer.descriptor().digest());
    }
    return names;
  }

  private Ref layer(
      Optional<Ref> below,
      String name,
      ImageContent.Layer layer,
      RefOptions options,
      OpContext<Job> context)
      throws IOException {
    var known = find(name, context);
    if (known.isPresent()) {
      return known.get();
    }
    var pull = new LayerPull(blobs, context, progress);
    var lazy = new LazyLayer(blobs.placed(layer.descriptor()), layer.diffId(), pull);
    var ref = stores.refs().layer(below, lazy, options);
    ref.put(CHAIN, name);
    return ref;
  }

  private Optional<Ref> find(String name, OpContext<Job> context) {
    for (var id : stores.refs().lookup(CHAIN, name)) {
      var found = stores.refs().pulled(id);
      if (found.isPresent()) {
        stores
            .refs()
            .lazyLayer(id)
            .ifPresent(lazy -> {
              if (lazy.provider() instanceof LayerPull pull) {
                pull.add(blobs, context, progress);
              }
            });
        return found;
      }
    }
    return Optional.empty();
  }

  /** Layers that others pulled in name only can be fetched for us too, with what we may. */
  private void rearm(ImageContent content, OpContext<Job> context) {
    List<ImageContent.Layer> layers;
    try {
      layers = content.layers();
    } catch (BuildException _) {
      // Told when the layers are wanted.
      return;
    }
    names(layers).forEach(name -> find(name, context).ifPresent(Ref::close));
  }
}
