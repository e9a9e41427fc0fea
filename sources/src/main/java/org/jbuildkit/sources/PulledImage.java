package org.jbuildkit.sources;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Documents;
import org.jbuildkit.oci.ImageIndex;
import org.jbuildkit.oci.Manifest;
import org.jbuildkit.oci.PlatformMatcher;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.LazyLayer;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/**
 * An image of a known digest: its keys, its config, and its layers as a tree that is fetched when
 * somebody needs the files. Keys as in BuildKit's {@code source/containerimage}.
 */
final class PulledImage implements Source.Instance {
  private static final String CHAIN = "image.chain";

  private final Source.Request request;
  private final Digest digest;
  private final RefStore refs;
  private final ContentStore content;
  private final Function<OpContext<Job>, ImageBlobs> blobs;

  PulledImage(
      Source.Request request,
      Digest digest,
      RefStore refs,
      ContentStore content,
      Function<OpContext<Job>, ImageBlobs> blobs) {
    this.request = request;
    this.digest = digest;
    this.refs = refs;
    this.content = content;
    this.blobs = blobs;
  }

  @Override
  public Source.Key key(int index, OpContext<Job> context)
      throws IOException, InterruptedException {
    if (index == 0) {
      return new Source.Key(digestKey(), false);
    }
    var config = Json.parseObject(config(context));
    var diffIds = config.object("rootfs").texts("diff_ids");
    boolean isLayered = config.object("rootfs").text("type").equals("layers");
    return new Source.Key(isLayered && !diffIds.isEmpty() ? chain(diffIds) : digestKey(), true);
  }

  private String digestKey() {
    var platform = request.platform();
    var json =
        Json.object()
            .put("Digest", digest.toString())
            .put("OS", platform.os())
            .put("Arch", platform.architecture())
            .putUnlessEmpty("Variant", platform.variant())
            .putUnlessEmpty("OSVersion", platform.osVersion())
            .putUnlessEmpty("OSFeatures", platform.osFeatures())
            .build();
    return Digest.sha256(json.write()).toString();
  }

  private static String chain(Iterable<String> diffIds) {
    var chain = "";
    for (var diffId : diffIds) {
      chain = chain.isEmpty() ? diffId : Digest.sha256(chain + " " + diffId).toString();
    }
    return chain;
  }

  @Override
  public Optional<Source.ImageMetadata> image(OpContext<Job> context)
      throws IOException, InterruptedException {
    return Optional.of(new Source.ImageMetadata(digest, config(context)));
  }

  private byte[] config(OpContext<Job> context) throws IOException, InterruptedException {
    return document(blobs.apply(context), manifest(context).config());
  }

  private Manifest manifest(OpContext<Job> context) throws IOException, InterruptedException {
    var source = blobs.apply(context);
    var root = document(source, source.root(digest));
    if (!Documents.isIndex(root, "")) {
      return Manifest.parse(root);
    }
    var index = ImageIndex.parse(root);
    var best =
        PlatformMatcher.only(request.platform())
            .best(
                index.manifests().stream().filter(one -> one.platform().isPresent()).toList(),
                Descriptor::platform)
            .orElseThrow(
                () -> BuildException.failed("no match for platform in manifest: not found"));
    return Manifest.parse(document(source, best));
  }

  private byte[] document(ImageBlobs source, Descriptor descriptor)
      throws IOException, InterruptedException {
    Documents.checkSize(descriptor);
    source.fetch(descriptor);
    try (var in =
        content
            .open(descriptor.digest())
            .orElseThrow(() -> new IOException("content " + descriptor.digest() + ": not found"))) {
      return in.readNBytes(Documents.MAX_SIZE);
    }
  }

  @Override
  public Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException {
    var manifest = manifest(context);
    var diffIds = Json.parseObject(config(context)).object("rootfs").texts("diff_ids");
    if (diffIds.size() != manifest.layers().size()) {
      throw BuildException.failed("mismatched image rootfs and manifest layers");
    }
    var source = blobs.apply(context);
    Optional<Ref> top = Optional.empty();
    for (int i = 0; i < diffIds.size(); i++) {
      var chain = chain(diffIds.subList(0, i + 1)) + " " + manifest.layers().get(i).digest();
      var below = top;
      var layer = layer(below, chain, manifest.layers().get(i), diffIds.get(i), source);
      below.ifPresent(Ref::close);
      top = Optional.of(layer);
    }
    return top;
  }

  private Ref layer(
      Optional<Ref> below, String chain, Descriptor descriptor, String diffId, ImageBlobs source)
      throws IOException {
    for (var id : refs.lookup(CHAIN, chain)) {
      var known = refs.get(id);
      if (known.isPresent()) {
        return known.get();
      }
    }
    var lazy = new LazyLayer(descriptor, Digest.parse(diffId), (blob, _) -> source.fetch(blob));
    var options = new RefOptions("pulled from " + request.identifier(), RecordType.REGULAR, false);
    var ref = refs.layer(below, lazy, options);
    ref.put(CHAIN, chain);
    return ref;
  }
}
