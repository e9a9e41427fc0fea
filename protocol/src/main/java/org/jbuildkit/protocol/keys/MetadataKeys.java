package org.jbuildkit.protocol.keys;

/** Names of gRPC metadata entries. */
public final class MetadataKeys {
  public static final String SESSION_ID = "x-docker-expose-session-uuid";

  public static final String SESSION_SHARED_KEY = "x-docker-expose-session-sharedkey";

  /** Repeated: one value per method that the client serves. */
  public static final String SESSION_METHOD = "x-docker-expose-session-grpc-method";

  /** Reserved; neither sent nor read. */
  public static final String SESSION_NAME = "x-docker-expose-session-name";

  /** Milliseconds, a decimal number. */
  public static final String SESSION_HEALTH_TIMEOUT = "x-buildkit-session-health-custom-timeout";

  /** The build a gateway call belongs to. */
  public static final String BUILD_ID = "buildkit-controlapi-buildid";

  /** The daemon's clock, RFC 3339 with nanoseconds. */
  public static final String CURRENT_TIMESTAMP = "buildkit-current-timestamp";

  public static final String INCLUDE_PATTERNS = "include-patterns";

  public static final String EXCLUDE_PATTERNS = "exclude-patterns";

  public static final String FOLLOW_PATHS = "followpaths";

  public static final String DIRECTORY_NAME = "dir-name";

  /** Appended to a key whose values are URL-escaped; the value is 1. */
  public static final String ENCODED_SUFFIX = "-encoded";

  public static final String EXPORTER_ID = "buildkit-attachable-exporter-id";

  public static final String EXPORTER_METADATA_PREFIX = "exporter-md-";

  public static final String EXPORTER_MULTI_PLATFORM = "buildkit-exporter-multi-platform";

  public static final String STORE_ID = "buildkit-attachable-store-id";

  public static final String SSH_ID = "buildkit.ssh.id";

  public static final String UPLOAD_PATH = "urlpath";

  public static final String UPLOAD_HOST = "urlhost";

  public static final String TRACE_PARENT = "traceparent";

  public static final String TRACE_STATE = "tracestate";

  public static final String BAGGAGE = "baggage";

  private MetadataKeys() {}
}
