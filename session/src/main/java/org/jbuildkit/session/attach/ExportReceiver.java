package org.jbuildkit.session.attach;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.filesync.BytesMessage;
import org.jbuildkit.protocol.filesync.FileSendGrpc;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.files.DirectoryTarget;
import org.jbuildkit.session.files.FileReceiver;
import org.jbuildkit.session.files.FileReceiver.Differ;
import org.jbuildkit.session.files.FileReceiver.Extra;
import org.jbuildkit.session.stream.MessageStream;

/**
 * Takes what exporters make. One method carries two kinds of messages: which, follows from the
 * destination that its exporter id names, so messages are decoded by the handler.
 */
public final class ExportReceiver implements io.grpc.BindableService {
  private final Map<Integer, ExportDestination> destinations;

  /**
   * @param destinations by the exporter's index in the request
   */
  public ExportReceiver(Map<Integer, ExportDestination> destinations) {
    this.destinations = new LinkedHashMap<>(destinations);
  }

  @Override
  public ServerServiceDefinition bindService() {
    var method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(FileSendGrpc.getDiffCopyMethod().getFullMethodName())
            .setRequestMarshaller(RawBytes.MARSHALLER)
            .setResponseMarshaller(RawBytes.MARSHALLER)
            .build();
    return ServerServiceDefinition.builder(FileSendGrpc.SERVICE_NAME)
        .addMethod(
            method,
            ServerCalls.asyncBidiStreamingCall(out -> {
              var headers = CallHeaders.current();
              return MessageStream.serve(out, stream -> receive(headers, stream));
            }))
        .build();
  }

  private void receive(Metadata headers, MessageStream<byte[], byte[]> stream)
      throws IOException, InterruptedException {
    int id =
        CallHeaders.first(headers, MetadataKeys.EXPORTER_ID)
            .filter(text -> text.matches("[0-9]{1,9}"))
            .map(Integer::parseInt)
            .orElse(0);
    switch (destinations.get(id)) {
      case null -> throw BuildException.failed("exporter " + id + " not found");
      case ExportDestination.ToStream to -> receiveFile(headers, stream, to.opener());
      case ExportDestination.ToDirectory to -> receiveTree(headers, stream, to);
    }
  }

  private static void receiveFile(
      Metadata headers, MessageStream<byte[], byte[]> stream, ExportDestination.Opener opener)
      throws IOException, InterruptedException {
    var response = new LinkedHashMap<String, String>();
    for (var key : headers.keys()) {
      if (key.startsWith(MetadataKeys.EXPORTER_METADATA_PREFIX)) {
        CallHeaders.first(headers, key)
            .ifPresent(value ->
                response.put(key.substring(MetadataKeys.EXPORTER_METADATA_PREFIX.length()), value));
      }
    }
    try (OutputStream out = opener.open(response)) {
      for (var next = stream.receive(); next.isPresent(); next = stream.receive()) {
        BytesMessage.parseFrom(next.get()).getData().writeTo(out);
      }
    }
  }

  private static void receiveTree(
      Metadata headers, MessageStream<byte[], byte[]> stream, ExportDestination.ToDirectory to)
      throws IOException, InterruptedException {
    boolean whole = CallHeaders.first(headers, MetadataKeys.EXPORTER_MULTI_PLATFORM).isPresent();
    if (to.deleteExtra() && !whole) {
      throw BuildException.failed(
          "local exporter mode=delete requires a BuildKit daemon with multi-platform local export"
              + " support");
    }
    ReadableFolder.create(to.path());
    int uid = ProcessCalls.effectiveUserId();
    int gid = ProcessCalls.groupId();
    try (var root = Dir.open(to.path());
        var into = new DirectoryTarget(root, true)) {
      FileReceiver.receive(
          RawBytes.packets(stream),
          into,
          Differ.NONE,
          to.deleteExtra() ? Extra.DELETE : Extra.KEEP,
          stat -> stat.toBuilder().setUid(uid).setGid(gid).build(),
          _ -> {});
    }
  }
}
