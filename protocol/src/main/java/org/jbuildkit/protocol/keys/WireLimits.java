package org.jbuildkit.protocol.keys;

/** Sizes in bytes and counts that peers keep to. */
public final class WireLimits {
  /** Largest gRPC message on the daemon's socket, both ways. */
  public static final int MAX_MESSAGE = 16777216;

  /** Largest gRPC message that a client's session server accepts. */
  public static final int MAX_SESSION_SERVER_MESSAGE = 4194304;

  /** Largest chunk of a raw file stream or an upload. */
  public static final int FILE_SEND_CHUNK = 3145728;

  /** Largest piece of file data in a file transfer packet. */
  public static final int FILE_DATA_CHUNK = 32768;

  /** Largest piece of a byte tunnel, an ssh stream or process output. */
  public static final int STREAM_CHUNK = 32768;

  /** Largest piece of a blob in one message. */
  public static final int CONTENT_CHUNK = 1048576;

  /** Streams that a client's session server accepts at a time. */
  public static final int SESSION_MAX_STREAMS = 250;

  /** Receive window and frame size of a client's session server. */
  public static final int SESSION_WINDOW = 1048576;

  /** Header list size of a client's session server. */
  public static final int SESSION_MAX_HEADERS = 1048896;

  /**
   * Header list size that clients take from daemons, as Go's do: errors are in it, with the file
   * that they are about.
   */
  public static final int MAX_HEADERS = 16 << 20;

  /** Largest secret. */
  public static final int MAX_SECRET = 512000;

  private WireLimits() {}
}
