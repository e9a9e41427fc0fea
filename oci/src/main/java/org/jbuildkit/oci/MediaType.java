package org.jbuildkit.oci;

import java.util.Map;

/** Media types of image documents and layers. */
public final class MediaType {
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_INDEX =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
  public static final String DOCKER_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.diff.tar.gzip";
  public static final String DOCKER_LAYER_ZSTD =
      "application/vnd.docker.image.rootfs.diff.tar.zstd";

  public static final String OCI_FOREIGN_LAYER =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  public static final String OCI_FOREIGN_LAYER_GZIP = OCI_FOREIGN_LAYER + "+gzip";
  public static final String OCI_FOREIGN_LAYER_ZSTD = OCI_FOREIGN_LAYER + "+zstd";
  public static final String DOCKER_FOREIGN_LAYER =
      "application/vnd.docker.image.rootfs.foreign.diff.tar";
  public static final String DOCKER_FOREIGN_LAYER_GZIP = DOCKER_FOREIGN_LAYER + ".gzip";
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";
  public static final String IN_TOTO = "application/vnd.in-toto+json";
  public static final String ATTESTATION_MANIFEST =
      "application/vnd.docker.attestation.manifest.v1+json";

  private static final Map<String, String> DOCKER_TO_OCI =
      Map.ofEntries(
          Map.entry(DOCKER_LAYER, OCI_LAYER),
          Map.entry(DOCKER_LAYER_GZIP, OCI_LAYER_GZIP),
          Map.entry(DOCKER_LAYER_ZSTD, OCI_LAYER_ZSTD),
          Map.entry(DOCKER_FOREIGN_LAYER, OCI_FOREIGN_LAYER),
          Map.entry(DOCKER_FOREIGN_LAYER_GZIP, OCI_FOREIGN_LAYER_GZIP));

  private MediaType() {}

  /** The layer type of OCI for one of Docker's; others stay. */
  public static String layerToOci(String mediaType) {
    return DOCKER_TO_OCI.getOrDefault(mediaType, mediaType);
  }

  /** The layer type of Docker for one of OCI's; others stay. */
  public static String layerToDocker(String mediaType) {
    for (var pair : DOCKER_TO_OCI.entrySet()) {
      if (pair.getValue().equals(mediaType)) {
        return pair.getKey();
      }
    }
    return mediaType;
  }

  /** Layers that registries are not to store. */
  public static boolean isForeignLayer(String mediaType) {
    return mediaType.startsWith(OCI_FOREIGN_LAYER) || mediaType.startsWith(DOCKER_FOREIGN_LAYER);
  }

  /** The type of the same layer as one that registries store. */
  public static String distributable(String mediaType) {
    return mediaType
        .replace("layer.nondistributable.v1", "layer.v1")
        .replace("rootfs.foreign.diff", "rootfs.diff");
  }

  public static boolean isLayer(String mediaType) {
    return mediaType.startsWith(OCI_LAYER)
        || mediaType.startsWith(DOCKER_LAYER)
        || isForeignLayer(mediaType);
  }

  public static boolean isIndex(String mediaType) {
    return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_INDEX);
  }

  public static boolean isManifest(String mediaType) {
    return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
  }
}
