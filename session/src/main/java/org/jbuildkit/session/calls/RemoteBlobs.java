package org.jbuildkit.session.calls;

import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.content.ContentGrpc;
import org.jbuildkit.protocol.content.InfoRequest;
import org.jbuildkit.protocol.content.ReadContentRequest;
import org.jbuildkit.protocol.content.ReadContentResponse;
import org.jbuildkit.protocol.content.WriteAction;
import org.jbuildkit.protocol.content.WriteContentRequest;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.MessageStream;

/** A store of blobs at the client: an image layout or a local cache. */
public final class RemoteBlobs {
  private final Session session;
  private final Metadata headers = new Metadata();

  /**
   * @param storeId {@code oci:<name>}, {@code local:<path>} or {@code export}
   */
  public RemoteBlobs(Session session, String storeId) {
    this.session = session;
    headers.put(CallHeaders.key(MetadataKeys.STORE_ID), storeId);
  }

  private ContentGrpc.ContentBlockingStub stub() {
    return ContentGrpc.newBlockingStub(
        ClientInterceptors.intercept(
            session.channel(), MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  /** The blob's size, or empty if the client does not have it. */
  public Optional<Long> size(Digest digest) {
    try {
      var request = InfoRequest.newBuilder().setDigest(digest.toString()).build();
      return Optional.of(stub().info(request).getInfo().getSize());
    } catch (StatusRuntimeException e) {
      var error = StatusCodec.decode(e);
      if (error.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw error;
    }
  }

  /** The blob's bytes from {@code offset}; not verified. The caller closes. */
  public InputStream open(Digest digest, long offset) {
    var request =
        ReadContentRequest.newBuilder().setDigest(digest.toString()).setOffset(offset).build();
    var context = io.grpc.Context.current().withCancellation();
    try {
      return new BlobInput(context.call(() -> stub().read(request)), context);
    } catch (Exception e) {
      context.close();
      throw StatusCodec.decodeStream(e);
    }
  }

  /**
   * Writes a blob; one that the client has already is left as it is.
   *
   * @param ref names the write among others, {@code layer-sha256:…} for example
   */
  public void write(String ref, Digest digest, long size, InputStream content)
      throws IOException, InterruptedException {
    try (var stream =
        MessageStream.open(session.channel(), ContentGrpc.getWriteMethod(), headers)) {
      stream.send(
          WriteContentRequest.newBuilder()
              .setAction(WriteAction.STAT)
              .setRef(ref)
              .setTotal(size)
              .setExpected(digest.toString())
              .build());
      long offset = answer(stream).getOffset();
      content.skipNBytes(offset);
      var buffer = new byte[WireLimits.CONTENT_CHUNK];
      for (int n = content.readNBytes(buffer, 0, buffer.length);
          n > 0;
          n = content.readNBytes(buffer, 0, buffer.length)) {
        stream.send(
            WriteContentRequest.newBuilder()
                .setAction(WriteAction.WRITE)
                .setOffset(offset)
                .setData(ByteString.copyFrom(buffer, 0, n))
                .build());
        offset = answer(stream).getOffset();
      }
      stream.send(
          WriteContentRequest.newBuilder()
              .setAction(WriteAction.COMMIT)
              .setTotal(size)
              .setOffset(offset)
              .setExpected(digest.toString())
              .build());
      answer(stream);
      stream.halfClose();
      while (stream.receive().isPresent()) {
        // Some peers confirm a commit twice.
      }
    } catch (BuildException e) {
      if (e.code() != ErrorCode.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  private static org.jbuildkit.protocol.content.WriteContentResponse answer(
      MessageStream<WriteContentRequest, org.jbuildkit.protocol.content.WriteContentResponse>
          stream)
      throws InterruptedException {
    return stream.receive().orElseThrow(() -> BuildException.failed("unexpected EOF"));
  }

  private static final class BlobInput extends InputStream {
    private final Iterator<ReadContentResponse> messages;
    private final io.grpc.Context.CancellableContext context;
    private ByteString current = ByteString.EMPTY;

    BlobInput(Iterator<ReadContentResponse> messages, io.grpc.Context.CancellableContext context) {
      this.messages = messages;
      this.context = context;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      try {
        while (current.isEmpty()) {
          if (!messages.hasNext()) {
            return -1;
          }
          current = messages.next().getData();
        }
      } catch (StatusRuntimeException e) {
        var error = StatusCodec.decodeStream(e);
        throw new IOException(BuildException.describe(error), error);
      }
      int n = Math.min(length, current.size());
      current.substring(0, n).copyTo(target, offset);
      current = current.substring(n);
      return n;
    }

    @Override
    public void close() {
      context.cancel(null);
    }
  }
}
