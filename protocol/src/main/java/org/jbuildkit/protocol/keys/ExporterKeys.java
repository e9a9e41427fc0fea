package org.jbuildkit.protocol.keys;

/** Exporter types, their attributes and the keys of their responses. */
public final class ExporterKeys {
  public static final String TYPE_IMAGE = "image";

  public static final String TYPE_LOCAL = "local";

  public static final String TYPE_TAR = "tar";

  public static final String TYPE_OCI = "oci";

  public static final String TYPE_DOCKER = "docker";

  public static final String NAME = "name";

  public static final String PUSH = "push";

  public static final String PUSH_BY_DIGEST = "push-by-digest";

  public static final String REGISTRY_INSECURE = "registry.insecure";

  public static final String UNPACK = "unpack";

  public static final String STORE = "store";

  public static final String DANGLING_NAME_PREFIX = "dangling-name-prefix";

  /** Misspelt on the wire. */
  public static final String DANGLING_NAME_EMPTY_ONLY = "danging-name-empty-only";

  public static final String NAME_CANONICAL = "name-canonical";

  public static final String OCI_MEDIA_TYPES = "oci-mediatypes";

  public static final String OCI_ARTIFACT = "oci-artifact";

  public static final String ATTESTATION_INLINE = "attestation-inline";

  public static final String PREFER_NONDIST_LAYERS = "prefer-nondist-layers";

  public static final String REWRITE_TIMESTAMP = "rewrite-timestamp";

  public static final String COMPRESSION = "compression";

  public static final String COMPRESSION_LEVEL = "compression-level";

  public static final String FORCE_COMPRESSION = "force-compression";

  public static final String SOURCE_DATE_EPOCH = "source-date-epoch";

  public static final String ANNOTATION_PREFIX = "annotation";

  public static final String TAR = "tar";

  public static final String ATTESTATION_PREFIX = "attestation-prefix";

  public static final String PLATFORM_SPLIT = "platform-split";

  public static final String MODE = "mode";

  public static final String DEST = "dest";

  public static final String RESPONSE_DIGEST = "containerimage.digest";

  public static final String RESPONSE_CONFIG_DIGEST = "containerimage.config.digest";

  public static final String RESPONSE_DESCRIPTOR = "containerimage.descriptor";

  public static final String RESPONSE_IMAGE_NAME = "image.name";

  public static final String RESPONSE_CACHE_MANIFEST = "cache.manifest";

  public static final String RESULT_IMAGE_CONFIG = "containerimage.config";

  public static final String RESULT_BASE_CONFIG = "containerimage.base.config";

  public static final String RESULT_SOURCE_DATE_EPOCH = "source.date.epoch";

  public static final String RESULT_PLATFORMS = "refs.platforms";

  public static final String RESULT_FRONTEND_PREFIX = "frontend.";

  public static final String RESULT_CACHE_PREFIX = "cache.";

  public static final String RESULT_REQUEST_OPTIONS = "verifier.requestopts";

  public static final String RESULT_INLINE_MESSAGE = "frontend.result.inlinemessage";

  /** Store id under which a client offers its image layout for writing. */
  public static final String EXPORT_STORE_ID = "export";

  private ExporterKeys() {}
}
