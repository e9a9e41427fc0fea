package org.jbuildkit.session.calls;

import io.grpc.Metadata;
import java.io.FilterInputStream;
import java.io.InputStream;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.protocol.upload.UploadGrpc;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.stream.ByteMessages;
import org.jbuildkit.session.stream.MessageStream;

/** Data that a client gives once, a context from its standard input for example. */
public final class UploadRequest {
  /** The host in URLs of such data. */
  public static final String HOST = "buildkit-session";

  private UploadRequest() {}

  /**
   * Opens the data; failures of the client show while reading. The caller closes, which also
   * abandons what was not read.
   *
   * @param path the URL's path with its leading slash
   */
  public static InputStream open(Session session, String path) {
    var headers = new Metadata();
    headers.put(CallHeaders.key(MetadataKeys.UPLOAD_PATH), path);
    headers.put(CallHeaders.key(MetadataKeys.UPLOAD_HOST), HOST);
    var stream = MessageStream.open(session.channel(), UploadGrpc.getPullMethod(), headers);
    var duplex = ByteDuplex.of(stream, ByteMessages.UPLOAD, WireLimits.STREAM_CHUNK);
    return new FilterInputStream(duplex.input()) {
      @Override
      public void close() {
        duplex.close();
      }
    };
  }
}
