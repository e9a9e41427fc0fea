package org.jbuildkit.protocol.keys;

/** Media types of the blobs that a build record names. */
public final class HistoryMediaTypes {
  public static final String STATUS = "application/vnd.buildkit.status.v0";

  public static final String TRACE = "application/vnd.buildkit.otlp.json.v0";

  /** Misspelt on the wire. */
  public static final String ERROR = "application/vnd.googeapis.google.rpc.status+proto";

  public static final String IN_TOTO = "application/vnd.in-toto+json";

  private HistoryMediaTypes() {}
}
