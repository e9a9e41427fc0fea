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
  public record Socket(Path path, boolean raw) implements Origin {}

  /** An agent within this program; may be asked by several threads at once. */
  public non-sealed interface Agent extends Origin {
    /**
     * @param request a message without its length; not empty
     * @return the answer, without its length
     */
    byte[] answer(byte[] request);
  }

  /** Where what steps ask for is answered. */
  public sealed interface Origin {}

  private final Map<String, Origin> origins;

  public SshAgents(Map<String, ? extends Origin> origins) {
    this.origins = new LinkedHashMap<>(origins);
  }

  private Origin origin(String id) {
    var key = id.isEmpty() ? DEFAULT : id;
    var origin = origins.get(key);
    if (origin == null) {
      throw BuildException.failed("unset ssh forward key " + key);
    }
    return origin;
  }

  @Override
  public void checkAgent(CheckAgentRequest request, StreamObserver<CheckAgentResponse> out) {
    try {
      var _ = origin(request.getID());
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
    switch (origin(CallHeaders.first(headers, MetadataKeys.SSH_ID).orElse(""))) {
      case Socket socket -> forward(socket, stream);
      case Agent agent -> {
        var duplex = ByteDuplex.of(stream, ByteMessages.SSH, WireLimits.STREAM_CHUNK);
        AgentFilter.answer(duplex.input(), duplex.output(), agent);
      }
    }
  }

  private static void forward(Socket socket, MessageStream<BytesMessage, BytesMessage> stream)
      throws IOException, InterruptedException {
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
