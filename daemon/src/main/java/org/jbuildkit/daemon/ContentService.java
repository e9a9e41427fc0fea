package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.filter.FieldFilter;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.content.AbortRequest;
import org.jbuildkit.protocol.content.ContentGrpc;
import org.jbuildkit.protocol.content.DeleteContentRequest;
import org.jbuildkit.protocol.content.Info;
import org.jbuildkit.protocol.content.InfoRequest;
import org.jbuildkit.protocol.content.InfoResponse;
import org.jbuildkit.protocol.content.ListContentRequest;
import org.jbuildkit.protocol.content.ListContentResponse;
import org.jbuildkit.protocol.content.ListStatusesRequest;
import org.jbuildkit.protocol.content.ListStatusesResponse;
import org.jbuildkit.protocol.content.ReadContentRequest;
import org.jbuildkit.protocol.content.ReadContentResponse;
import org.jbuildkit.protocol.content.StatusRequest;
import org.jbuildkit.protocol.content.StatusResponse;
import org.jbuildkit.protocol.content.UpdateRequest;
import org.jbuildkit.protocol.content.UpdateResponse;
import org.jbuildkit.protocol.content.WriteContentRequest;
import org.jbuildkit.protocol.content.WriteContentResponse;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.MessageStream;
import org.jbuildkit.store.ContentStore;

/** Answers {@code containerd.services.content.v1.Content}: the daemon's blobs, to be read only. */
final class ContentService extends ContentGrpc.ContentImplBase {
  private static final int PAGE = 100;

  private final ContentStore content;

  ContentService(ContentStore content) {
    this.content = content;
  }

  private static Digest digest(String text) {
    return Digest.tryParse(text)
        .orElseThrow(() ->
            StatusCodec.framed(ErrorCode.INVALID_ARGUMENT, "\"" + text + "\" failed validation"));
  }

  private static BuildException missing(Digest digest) {
    return StatusCodec.framed(ErrorCode.NOT_FOUND, "content digest " + digest + ": not found");
  }

  private static BuildException readOnly() {
    return StatusCodec.framed(ErrorCode.UNKNOWN, "read-only content store");
  }

  private Optional<Info> find(Digest digest) throws IOException {
    var size = content.size(digest);
    var time = content.storedAt(digest).map(Timestamps::of);
    return size.isEmpty() || time.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Info.newBuilder()
                .setDigest(digest.toString())
                .setSize(size.get())
                .setCreatedAt(time.get())
                .setUpdatedAt(time.get())
                .build());
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
    Calls.unary(
        out,
        () -> {
          var digest = digest(request.getDigest());
          var info = find(digest).orElseThrow(() -> missing(digest));
          return InfoResponse.newBuilder().setInfo(info).build();
        });
  }

  @Override
  public void list(ListContentRequest request, StreamObserver<ListContentResponse> out) {
    MessageStream.<ListContentResponse, ListContentRequest>serve(
        out, stream -> list(FieldFilter.parse(request.getFiltersList()), stream));
  }

  private void list(FieldFilter filter, MessageStream<ListContentResponse, ?> out)
      throws IOException, InterruptedException {
    var digests = new ArrayList<Digest>();
    content.walk((digest, _) -> digests.add(digest));
    var page = ListContentResponse.newBuilder();
    for (var digest : digests) {
      var info = find(digest).filter(blob -> filter.matches(path -> field(blob, path)));
      info.ifPresent(page::addInfo);
      if (page.getInfoCount() == PAGE) {
        out.send(page.build());
        page.clear();
      }
    }
    if (page.getInfoCount() > 0) {
      out.send(page.build());
    }
  }

  private static Optional<String> field(Info blob, List<String> path) {
    return switch (path.getFirst()) {
      case "digest" -> Optional.of(blob.getDigest());
      case "size" -> Optional.of(Long.toString(blob.getSize()));
      default -> Optional.empty();
    };
  }

  @Override
  public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> out) {
    MessageStream.<ReadContentResponse, ReadContentRequest>serve(
        out, stream -> read(request, stream));
  }

  private void read(ReadContentRequest request, MessageStream<ReadContentResponse, ?> out)
      throws IOException, InterruptedException {
    var digest = digest(request.getDigest());
    long size = content.size(digest).orElseThrow(() -> missing(digest));
    long start = Math.max(0, request.getOffset());
    long length = request.getSize() > 0 ? request.getSize() : size - start;
    if (length < 0 || length > size - start) {
      throw StatusCodec.framed(
          ErrorCode.OUT_OF_RANGE, "read past object length " + size + " bytes");
    }
    try (var in = content.open(digest).orElseThrow(() -> missing(digest))) {
      in.skipNBytes(start);
      for (long at = 0; at < length; ) {
        var data = in.readNBytes((int) Math.min(WireLimits.CONTENT_CHUNK, length - at));
        if (data.length == 0) {
          throw new IOException("unexpected EOF");
        }
        out.send(
            ReadContentResponse.newBuilder()
                .setOffset(at)
                .setData(ByteString.copyFrom(data))
                .build());
        at += data.length;
      }
    }
  }

  /** Nothing is ever being written here. */
  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
    out.onError(
        StatusCodec.encode(
            StatusCodec.framed(
                ErrorCode.NOT_FOUND, "ingest \"" + request.getRef() + "\": not found")));
  }

  @Override
  public void listStatuses(ListStatusesRequest request, StreamObserver<ListStatusesResponse> out) {
    Calls.unary(out, ListStatusesResponse::getDefaultInstance);
  }

  @Override
  public void update(UpdateRequest request, StreamObserver<UpdateResponse> out) {
    out.onError(StatusCodec.encode(readOnly()));
  }

  @Override
  public void delete(DeleteContentRequest request, StreamObserver<Empty> out) {
    out.onError(StatusCodec.encode(readOnly()));
  }

  @Override
  public void abort(AbortRequest request, StreamObserver<Empty> out) {
    out.onError(StatusCodec.encode(readOnly()));
  }

  @Override
  public StreamObserver<WriteContentRequest> write(StreamObserver<WriteContentResponse> out) {
    return MessageStream.serve(
        out,
        stream -> {
          var first = stream.receive();
          if (first.isPresent()) {
            throw readOnly();
          }
        });
  }
}
