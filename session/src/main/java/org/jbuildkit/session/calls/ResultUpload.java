package org.jbuildkit.session.calls;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.filesync.BytesMessage;
import org.jbuildkit.protocol.filesync.FileSendGrpc;
import org.jbuildkit.protocol.fsutil.Packet;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.files.FileSender;
import org.jbuildkit.session.files.PacketStream;
import org.jbuildkit.session.files.TreeEntries;
import org.jbuildkit.session.stream.MessageStream;

/** Sends what an exporter made to the client that asked for it. */
public final class ResultUpload {
  private final Session session;
  private final int exporterId;

  /**
   * @param exporterId the exporter's index in the client's request
   */
  public ResultUpload(Session session, int exporterId) {
    this.session = session;
    this.exporterId = exporterId;
    if (!session.supports("/" + FileSendGrpc.getDiffCopyMethod().getFullMethodName())) {
      throw BuildException.failed(
          "method /" + FileSendGrpc.SERVICE_NAME + "/diffcopy not supported by the client");
    }
  }

  private Metadata headers() {
    var headers = new Metadata();
    headers.put(CallHeaders.key(MetadataKeys.EXPORTER_ID), Integer.toString(exporterId));
    return headers;
  }

  /**
   * Opens a tarball at the client. {@link OutputStream#close} waits until the client has it all and
   * throws what went wrong there; a client that has the target already swallows the rest.
   *
   * @param response what the exporter tells of the result
   */
  public OutputStream openTarball(Map<String, String> response) {
    var headers = headers();
    response.forEach((key, value) ->
        headers.put(CallHeaders.key(MetadataKeys.EXPORTER_METADATA_PREFIX + key), value));
    return new Tarball(
        MessageStream.open(session.channel(), FileSendGrpc.getDiffCopyMethod(), headers));
  }

  /**
   * Sends a tree.
   *
   * @param allPlatforms whether the tree holds the results of all platforms at once
   */
  public void sendTree(TreeEntries tree, boolean allPlatforms) throws InterruptedException {
    var headers = headers();
    if (allPlatforms) {
      headers.put(CallHeaders.key(MetadataKeys.EXPORTER_MULTI_PLATFORM), "1");
    }
    var method =
        MethodDescriptor.<Packet, Packet>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(FileSendGrpc.getDiffCopyMethod().getFullMethodName())
            .setRequestMarshaller(ProtoUtils.marshaller(Packet.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Packet.getDefaultInstance()))
            .build();
    try (var stream = MessageStream.open(session.channel(), method, headers)) {
      FileSender.send(PacketStream.of(stream), tree);
      stream.halfClose();
      while (stream.receive().isPresent()) {
        // The end of the stream is the client's success.
      }
    }
  }

  private static final class Tarball extends OutputStream {
    private final MessageStream<BytesMessage, BytesMessage> stream;
    private boolean unwanted;
    private boolean closed;

    Tarball(MessageStream<BytesMessage, BytesMessage> stream) {
      this.stream = stream;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      for (int done = 0; done < length && !unwanted; ) {
        int n = Math.min(WireLimits.FILE_SEND_CHUNK, length - done);
        var data = ByteString.copyFrom(source, offset + done, n);
        attempt(() -> stream.send(BytesMessage.newBuilder().setData(data).build()));
        done += n;
      }
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      attempt(() -> {
        stream.halfClose();
        while (stream.receive().isPresent()) {
          // The end of the stream is the client's success.
        }
      });
      stream.close();
    }

    private interface Step {
      void run() throws InterruptedException, InvalidProtocolBufferException;
    }

    private void attempt(Step step) throws IOException {
      try {
        step.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new java.io.InterruptedIOException().initCause(e);
      } catch (BuildException e) {
        if (e.code() == ErrorCode.ALREADY_EXISTS) {
          unwanted = true;
        } else {
          throw new IOException(BuildException.describe(e), e);
        }
      }
    }
  }
}
