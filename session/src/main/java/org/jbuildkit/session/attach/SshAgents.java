package org.jbuildkit.session.attach;

import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.protocol.sshforward.BytesMessage;
import org.jbuildkit.protocol.sshforward.CheckAgentRequest;
import org.jbuildkit.protocol.sshforward.CheckAgentResponse;
import org.jbuildkit.protocol.sshforward.SSHGrpc;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.stream.ByteMessages;
import org.jbuildkit.session.stream.MessageStream;

/** Agents that steps may use: keys can be listed and used for signing, nothing else. */
public final class SshAgents extends SSHGrpc.SSHImplBase {
  private static final String DEFAULT = "default";

  /**
   * An agent's socket.
   *
   * @param raw whether bytes are passed as they are, for sockets that are no agent's
   */
  public record Socket(Path path, boolean raw) {}

  private final Map<String, Socket> sockets;

  public SshAgents(Map<String, Socket> sockets) {
    this.sockets = new LinkedHashMap<>(sockets);
  }

  private Socket socket(String id) {
    var key = id.isEmpty() ? DEFAULT : id;
    var socket = sockets.get(key);
    if (socket == null) {
      throw BuildException.failed("unset ssh forward key " + key);
    }
    return socket;
  }

  @Override
  public void checkAgent(CheckAgentRequest request, StreamObserver<CheckAgentResponse> out) {
    try {
      var _ = socket(request.getID());
      out.onNext(CheckAgentResponse.getDefaultInstance());
      out.onCompleted();
    } catch (BuildException e) {
      out.onError(StatusCodec.encode(e));
    }
  }

  @Override
  public StreamObserver<BytesMessage> forwardAgent(StreamObserver<BytesMessage> out) {
    var headers = CallHeaders.current();
    return MessageStream.serve(out, stream -> forward(headers, stream));
  }

  private void forward(Metadata headers, MessageStream<BytesMessage, BytesMessage> stream)
      throws IOException, InterruptedException {
    var socket = socket(CallHeaders.first(headers, MetadataKeys.SSH_ID).orElse(""));
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()));
        var scope = TaskScope.open()) {
      var duplex = ByteDuplex.of(stream, ByteMessages.SSH, WireLimits.STREAM_CHUNK);
      var toAgent = Channels.newOutputStream(channel);
      var fromAgent = Channels.newInputStream(channel);
      scope.fork(() -> {
        if (socket.raw()) {
          duplex.input().transferTo(toAgent);
        } else {
          AgentFilter.copy(duplex.input(), toAgent, duplex.output());
        }
        channel.shutdownOutput();
        return 0;
      });
      scope.fork(() -> {
        fromAgent.transferTo(duplex.output());
        return 0;
      });
      scope.join();
    }
  }
}
