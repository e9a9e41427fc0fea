package org.jbuildkit.exporters.image;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.oci.Decompression;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.compress.DigestOutput;
import org.jbuildkit.oci.layer.TimestampRewrite;
import org.jbuildkit.store.ContentStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces layers by ones in which no time is later than an epoch. */
final class LayerTimes {
  private static final Logger LOG = LoggerFactory.getLogger(LayerTimes.class);

  private final ContentStore store;
  private final ImageOptions options;

  LayerTimes(ContentStore store, ImageOptions options) {
    this.store = store;
    this.options = options;
  }

  /** The step's text. */
  static String step(long epoch) {
    return "rewriting layers with source-date-epoch %d (%s)"
        .formatted(epoch, ImageTime.describe(epoch));
  }

  /**
   * Rewrites all layers but those of the base image. One that cannot be read stays as it is.
   *
   * @param base config of the base image
   * @param epoch seconds since 1970
   */
  List<ImageLayer> rewrite(List<ImageLayer> layers, Optional<byte[]> base, long epoch) {
    var exempt =
        base.map(bytes -> ConfigDocument.parse(bytes).object("rootfs").texts("diff_ids"))
            .orElse(List.of());
    var rewritten = new ArrayList<ImageLayer>();
    boolean isBase = true;
    for (int i = 0; i < layers.size(); i++) {
      var layer = layers.get(i);
      isBase &= i < exempt.size() && exempt.get(i).equals(layer.diffId().toString());
      rewritten.add(isBase ? layer : rewrite(layer, epoch));
    }
    return rewritten;
  }

  private ImageLayer rewrite(ImageLayer layer, long epoch) {
    var descriptor = layer.descriptor();
    boolean isDone =
        descriptor.annotation(ImageLayer.REWRITTEN).equals(Long.toString(epoch))
            && !options.compression().needsConversion(descriptor.mediaType());
    if (isDone) {
      return layer;
    }
    try {
      return write(layer, epoch);
    } catch (IOException e) {
      LOG.warn("timestamps of layer {} were left as they are", descriptor.digest(), e);
      return layer;
    }
  }

  private ImageLayer write(ImageLayer layer, long epoch) throws IOException {
    var blob = layer.descriptor().digest();
    var stored =
        store.open(blob).orElseThrow(() -> new IOException("layer " + blob + " is not stored"));
    try (var archive = Decompression.open(stored);
        var writer = store.ingest()) {
      var compressed =
          options.compression().compress(new Unclosed(writer), options.compressionLevel());
      var plain = new DigestOutput(compressed);
      try (plain) {
        TimestampRewrite.rewrite(archive, epoch, plain);
      }
      var diffId = plain.finish();
      long size = writer.size();
      var annotations = new LinkedHashMap<String, String>();
      annotations.put(ImageLayer.UNCOMPRESSED, diffId.toString());
      annotations.put(ImageLayer.REWRITTEN, Long.toString(epoch));
      var descriptor =
          new Descriptor(
              options.compression().mediaType(),
              writer.commit(),
              size,
              annotations,
              Optional.empty());
      return new ImageLayer(descriptor, diffId, layer.description(), layer.created());
    }
  }

  /** Ends compression without ending the blob. */
  private static final class Unclosed extends FilterOutputStream {
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
