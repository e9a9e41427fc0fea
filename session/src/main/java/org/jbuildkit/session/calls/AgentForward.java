package org.jbuildkit.session.calls;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.keys.WireLimits;
import org.jbuildkit.protocol.sshforward.CheckAgentRequest;
import org.jbuildkit.protocol.sshforward.SSHGrpc;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.Session;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.stream.ByteMessages;
import org.jbuildkit.session.stream.MessageStream;

/** A client's ssh agent, for the connections that a step makes to it. */
public final class AgentForward {
  private final Session session;
  private final String id;

  /**
   * @param id the mount's; empty for the default agent
   */
  public AgentForward(Session session, String id) {
    this.session = session;
    this.id = id;
  }

  /**
   * Makes sure that the client has the agent.
   *
   * @return false if the client forwards no agents at all
   * @throws BuildException if it forwards others only
   */
  public boolean isOffered() {
    try {
      var _ =
          SSHGrpc.newBlockingStub(session.channel())
              .checkAgent(CheckAgentRequest.newBuilder().setID(id).build());
      return true;
    } catch (StatusRuntimeException e) {
      var error = StatusCodec.decode(e);
      if (error.code() == ErrorCode.UNIMPLEMENTED) {
        return false;
      }
      throw error;
    }
  }

  /** Carries one connection until both of its halves have ended; the caller closes it. */
  public void carry(ByteDuplex connection) throws InterruptedException {
    var headers = new Metadata();
    headers.put(CallHeaders.key(MetadataKeys.SSH_ID), id);
    try (var stream =
            MessageStream.open(session.channel(), SSHGrpc.getForwardAgentMethod(), headers);
        var scope = TaskScope.open()) {
      var agent = ByteDuplex.of(stream, ByteMessages.SSH, WireLimits.STREAM_CHUNK);
      scope.fork(() -> copy(connection, agent));
      scope.fork(() -> copy(agent, connection));
      scope.join();
    }
  }

  private static long copy(ByteDuplex from, ByteDuplex to) throws IOException {
    try (var output = to.output()) {
      return from.input().transferTo(output);
    }
  }
}
