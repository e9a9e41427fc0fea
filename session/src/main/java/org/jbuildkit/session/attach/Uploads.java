package org.jbuildkit.session.attach;

import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ConcurrentHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.protocol.upload.BytesMessage;
import org.jbuildkit.protocol.upload.UploadGrpc;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.calls.UploadRequest;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.stream.ByteMessages;
import org.jbuildkit.session.stream.MessageStream;

/** Data that the daemon may fetch once, by an URL that only this session serves. */
public final class Uploads extends UploadGrpc.UploadImplBase {
  private final ConcurrentHashMap<String, InputStream> waiting = new ConcurrentHashMap<>();

  /** Offers {@code data}, which is closed once it was fetched; the result is its URL. */
  public String add(InputStream data) {
    var id = RandomId.next();
    waiting.put(id, data);
    return "http://" + UploadRequest.HOST + "/" + id;
  }

  @Override
  public StreamObserver<BytesMessage> pull(StreamObserver<BytesMessage> out) {
    var headers = CallHeaders.current();
    return MessageStream.serve(out, stream -> send(headers, stream));
  }

  private void send(Metadata headers, MessageStream<BytesMessage, BytesMessage> stream)
      throws IOException {
    var path = CallHeaders.first(headers, MetadataKeys.UPLOAD_PATH).orElse("");
    var id = path.substring(path.lastIndexOf('/') + 1);
    var data = waiting.remove(id);
    if (data == null) {
      throw BuildException.failed("no http response from session for " + id);
    }
    try (data) {
      var duplex = ByteDuplex.of(stream, ByteMessages.UPLOAD, WireLimits.FILE_SEND_CHUNK);
      data.transferTo(duplex.output());
    }
  }
}
