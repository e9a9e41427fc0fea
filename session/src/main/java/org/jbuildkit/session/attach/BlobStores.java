package org.jbuildkit.session.attach;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.content.ContentGrpc;
import org.jbuildkit.protocol.content.Info;
import org.jbuildkit.protocol.content.InfoRequest;
import org.jbuildkit.protocol.content.InfoResponse;
import org.jbuildkit.protocol.content.ReadContentRequest;
import org.jbuildkit.protocol.content.ReadContentResponse;
import org.jbuildkit.protocol.content.WriteContentRequest;
import org.jbuildkit.protocol.content.WriteContentResponse;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.MessageStream;

/** Image layouts and local caches that the daemon may read and write, by store id. */
public final class BlobStores extends ContentGrpc.ContentImplBase {
  private final Map<String, BlobFolder> stores;

  public BlobStores(Map<String, BlobFolder> stores) {
    this.stores = new LinkedHashMap<>(stores);
  }

  private BlobFolder store(Metadata headers) {
    var id = CallHeaders.first(headers, MetadataKeys.STORE_ID);
    if (id.isEmpty()) {
      throw StatusCodec.framed(
          ErrorCode.INVALID_ARGUMENT, "request lacks metadata \"" + MetadataKeys.STORE_ID + "\"");
    }
    var store = stores.get(id.get());
    if (store == null) {
      throw new BuildException(ErrorCode.NOT_FOUND, "unknown store " + id.get());
    }
    return store;
  }

  private static Digest digest(String text) {
    return Digest.tryParse(text)
        .orElseThrow(
            () -> new BuildException(ErrorCode.INVALID_ARGUMENT, "invalid digest " + text));
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
    try {
      var store = store(CallHeaders.current());
      var digest = digest(request.getDigest());
      long size = store.size(digest).orElseThrow(() -> BlobFolder.missing(digest));
      var modified = store.modified(digest);
      var time =
          Timestamp.newBuilder().setSeconds(modified.getEpochSecond()).setNanos(modified.getNano());
      out.onNext(
          InfoResponse.newBuilder()
              .setInfo(
                  Info.newBuilder()
                      .setDigest(digest.toString())
                      .setSize(size)
                      .setCreatedAt(time)
                      .setUpdatedAt(time))
              .build());
      out.onCompleted();
    } catch (IOException | RuntimeException e) {
      out.onError(StatusCodec.encode(e));
    }
  }

  @Override
  public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> out) {
    var headers = CallHeaders.current();
    MessageStream.<ReadContentResponse, ReadContentRequest>serve(
        out, stream -> read(store(headers), request, stream));
  }

  private static void read(
      BlobFolder store,
      ReadContentRequest request,
      MessageStream<ReadContentResponse, ReadContentRequest> out)
      throws IOException, InterruptedException {
    try (var file = store.open(digest(request.getDigest()))) {
      long size = file.length();
      long start = request.getOffset();
      if (start < 0 || start > size) {
        throw new BuildException(
            ErrorCode.OUT_OF_RANGE, "read past object length " + size + " bytes");
      }
      long end = request.getSize() > 0 ? Math.min(size, start + request.getSize()) : size;
      file.seek(start);
      var buffer = new byte[WireLimits.CONTENT_CHUNK];
      for (long at = start; at < end; ) {
        int n = file.read(buffer, 0, (int) Math.min(buffer.length, end - at));
        if (n < 0) {
          throw new IOException("unexpected EOF");
        }
        out.send(
            ReadContentResponse.newBuilder()
                .setOffset(at - start)
                .setData(ByteString.copyFrom(buffer, 0, n))
                .build());
        at += n;
      }
    }
  }

  @Override
  public StreamObserver<WriteContentRequest> write(StreamObserver<WriteContentResponse> out) {
    var headers = CallHeaders.current();
    return MessageStream.serve(
        out,
        stream -> {
          try (var dialogue = new BlobWriteDialogue(store(headers))) {
            dialogue.run(stream);
          }
        });
  }
}
