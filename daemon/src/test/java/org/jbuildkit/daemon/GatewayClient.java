package org.jbuildkit.daemon;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.Optional;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.SolveResponse;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.stream.MessageStream;

/** A client that drives one build through the gateway. */
final class GatewayClient implements AutoCloseable {
  private final ManagedChannel channel;
  private final Metadata headers = new Metadata();
  private final LLBBridgeGrpc.LLBBridgeBlockingStub bridge;
  private final ListenableFuture<SolveResponse> outcome;

  GatewayClient(
      EmbeddedBuildkit daemon, org.jbuildkit.protocol.control.SolveRequest.Builder request)
      throws Exception {
    this.channel = daemon.openChannel();
    var id = RandomId.next();
    headers.put(CallHeaders.key("buildkit-controlapi-buildid"), id);
    this.bridge =
        LLBBridgeGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    this.outcome =
        ControlGrpc.newFutureStub(channel).solve(request.setRef(id).setInternal(true).build());
  }

  LLBBridgeGrpc.LLBBridgeBlockingStub bridge() {
    return bridge;
  }

  /** What the build answered. */
  ListenableFuture<SolveResponse> outcome() {
    return outcome;
  }

  /** A tree's id. */
  String solve(LlbEdge edge) {
    return bridge
        .solve(
            SolveRequest.newBuilder()
                .setDefinition(Definitions.marshal(Optional.of(edge)))
                .setAllowResultReturn(true)
                .setAllowResultArrayRef(true)
                .build())
        .getResult()
        .getRef()
        .getId();
  }

  MessageStream<ExecMessage, ExecMessage> exec() {
    return MessageStream.open(channel, LLBBridgeGrpc.getExecProcessMethod(), headers);
  }

  void finish() {
    var _ =
        bridge.return_(ReturnRequest.newBuilder().setResult(Result.getDefaultInstance()).build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
