package org.jbuildkit.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.oci.Compression;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.layer.LayerDiffer;
import org.jbuildkit.oci.layer.TimestampRewrite;
import org.jbuildkit.store.ContentStore;
import org.jbuildkit.store.MountedTree;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefStore;

/**
 * Layers of trees as blobs. Each layer is compared with what lies below it once; the blob is
 * remembered with the layer for every compression and time limit that was asked for.
 */
public final class LayerBlobs {
  private static final String PREFIX = "layer.blob.";

  private final RefStore refs;
  private final ContentStore content;

  public LayerBlobs(RefStore refs, ContentStore content) {
    this.refs = refs;
    this.content = content;
  }

  /**
   * @param diffId digest of the uncompressed archive
   * @param description of the step that made the layer
   */
  public record Layer(
      Descriptor descriptor, Digest diffId, String description, java.time.Instant createdAt) {}

  /**
   * What the blobs are to be like.
   *
   * @param epoch later times inside are set to it, in seconds
   * @param untouched how many layers from the bottom keep their times
   */
  public record Form(Compression compression, boolean isOci, Optional<Long> epoch, int untouched) {}

  /** The blobs of a tree's layers, bottom first, made where they are missing. */
  public List<Layer> layers(Optional<Ref> tree, Form form)
      throws IOException, InterruptedException {
    var ids = tree.map(Ref::layers).orElse(List.of());
    try (var scope = TaskScope.open()) {
      var tasks = new ArrayList<TaskScope.Task<Layer>>();
      for (int i = 0; i < ids.size(); i++) {
        var id = ids.get(i);
        var epoch = i < form.untouched() ? Optional.<Long>empty() : form.epoch();
        tasks.add(scope.fork(() -> layer(id, form.compression(), form.isOci(), epoch)));
      }
      scope.join();
      return tasks.stream().map(TaskScope.Task::get).toList();
    }
  }

  private Layer layer(String id, Compression compression, boolean isOci, Optional<Long> epoch)
      throws IOException, InterruptedException {
    var base = variant(id, compression, Optional.empty());
    var blob = epoch.isPresent() ? variant(id, compression, epoch) : base;
    var annotations = new LinkedHashMap<String, String>();
    epoch.ifPresent(e -> annotations.put("buildkit/rewritten-timestamp", Long.toString(e)));
    var descriptor =
        new Descriptor(compression.layerType(isOci), blob.digest(), blob.size())
            .withAnnotations(annotations);
    var origin = refs.origin(id);
    return new Layer(
        descriptor,
        blob.diffId(),
        origin.map(RefStore.LayerOrigin::description).orElse(""),
        origin.map(RefStore.LayerOrigin::createdAt).orElse(java.time.Instant.EPOCH));
  }

  private record Blob(Digest digest, long size, Digest diffId) {
    String write() {
      return digest + " " + size + " " + diffId;
    }

    static Blob read(String text) {
      var parts = text.split(" ", 3);
      return new Blob(Digest.parse(parts[0]), Long.parseLong(parts[1]), Digest.parse(parts[2]));
    }
  }

  private Blob variant(String id, Compression compression, Optional<Long> epoch)
      throws IOException, InterruptedException {
    var name = PREFIX + compression.text() + epoch.map(e -> "@" + e).orElse("");
    var known = refs.layerValue(id, name);
    if (known != null) {
      var blob = Blob.read(known);
      if (content.size(blob.digest()).isPresent()) {
        return blob;
      }
    }
    var made =
        epoch.isPresent() ? rewritten(id, compression, epoch.get()) : diffed(id, compression);
    refs.putLayerValue(id, name, made.write());
    return made;
  }

  /** Writes an uncompressed archive. */
  @FunctionalInterface
  private interface Archive {
    void writeTo(OutputStream out) throws IOException, InterruptedException;
  }

  private Blob diffed(String id, Compression compression) throws IOException, InterruptedException {
    return store(
        compression,
        out -> {
          var below = refs.mountBelow(id);
          try (var own = Dir.open(refs.snapshotter().content(id))) {
            if (below.isEmpty()) {
              LayerDiffer.writeOverlay(Optional.empty(), own, out);
            } else {
              try (MountedTree tree = below.get();
                  var lower = tree.open()) {
                LayerDiffer.writeOverlay(Optional.of(lower), own, out);
              }
            }
          }
        });
  }

  private Blob rewritten(String id, Compression compression, long epoch)
      throws IOException, InterruptedException {
    var original = variant(id, Compression.UNCOMPRESSED, Optional.empty());
    return store(
        compression,
        out -> {
          try (var blob = content.open(original.digest()).orElseThrow(() -> gone(original));
              var archive = Decompression.open(blob)) {
            TimestampRewrite.copy(archive, out, epoch);
          }
        });
  }

  private static BuildException gone(Blob blob) {
    return BuildException.failed("content " + blob.digest() + ": not found");
  }

  private Blob store(Compression compression, Archive archive)
      throws IOException, InterruptedException {
    try (var writer = content.ingest()) {
      var hashing = new HashingOutput(compression.compress(new Unclosed(writer)));
      try (hashing) {
        archive.writeTo(hashing);
      }
      var digest = writer.commit();
      return new Blob(digest, writer.size(), hashing.digest());
    }
  }

  /** Hashes what passes. */
  private static final class HashingOutput extends java.io.FilterOutputStream {
    private final Digest.Hasher hasher = new Digest.Hasher();

    HashingOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      hasher.update(bytes, offset, length);
    }

    Digest digest() {
      return hasher.finish();
    }
  }

  /** Keeps the blob open when its compressor ends. */
  private static final class Unclosed extends java.io.FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
