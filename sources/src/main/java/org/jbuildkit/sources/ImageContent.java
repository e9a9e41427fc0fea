package org.jbuildkit.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.Manifest;

/**
 * What an image's documents say.
 *
 * @param root digest of the index or manifest that the name stands for
 * @param config the config's bytes
 * @param limit how many of the layers are taken; empty for all
 */
record ImageContent(Digest root, Manifest manifest, byte[] config, OptionalInt limit) {

  /** A layer and the digest of its uncompressed archive. */
  record Layer(Descriptor descriptor, Digest diffId) {}

  /** The diff ids within the limit; empty if the config is none of an image in layers. */
  private Optional<List<String>> diffIds() {
    Json.Obj rootfs;
    try {
      rootfs = Json.parseObject(config).object("rootfs");
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    var all = rootfs.text("type").equals("layers") ? rootfs.texts("diff_ids") : List.<String>of();
    return Optional.of(
        limit.isPresent() && limit.getAsInt() < all.size()
            ? all.subList(0, limit.getAsInt())
            : all);
  }

  /** The key that the layers have in common with equal ones of other images. */
  Optional<String> layersKey() {
    var diffIds = diffIds();
    if (diffIds.isEmpty()) {
      if (limit.isPresent()) {
        throw BuildException.failed("failed to parse image config");
      }
      return Optional.of(Digest.sha256(config).toString());
    }
    return diffIds.get().isEmpty() ? Optional.empty() : Optional.of(chain(diffIds.get()));
  }

  /** The OCI chain id of layers. */
  static String chain(Iterable<String> diffIds) {
    var chain = "";
    for (var diffId : diffIds) {
      chain = chain.isEmpty() ? diffId : Digest.sha256(chain + " " + diffId).toString();
    }
    return chain;
  }

  private Json.Obj parsed() {
    try {
      return Json.parseObject(config);
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse image config", e);
    }
  }

  /**
   * The layers, lowest first.
   *
   * @throws BuildException if config and manifest disagree
   */
  List<Layer> layers() {
    var descriptors = manifest.layers();
    var diffIds = parsed().object("rootfs").texts("diff_ids");
    if (diffIds.size() != descriptors.size()) {
      throw BuildException.failed("mismatched image rootfs and manifest layers");
    }
    int count = limit.orElse(descriptors.size());
    if (count > descriptors.size()) {
      throw BuildException.invalid(
          "layer limit %d is greater than the number of layers in the image %d"
              .formatted(count, descriptors.size()));
    }
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < count; i++) {
      var diffId = Digest.tryParse(diffIds.get(i));
      if (diffId.isEmpty()) {
        throw BuildException.invalid("invalid diff id in image config: " + diffIds.get(i));
      }
      layers.add(new Layer(descriptors.get(i), diffId.get()));
    }
    return layers;
  }
}
