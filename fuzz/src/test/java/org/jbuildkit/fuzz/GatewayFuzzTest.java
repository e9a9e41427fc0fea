package org.jbuildkit.fuzz;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.google.protobuf.MessageLite;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.gateway.EvaluateRequest;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.NewContainerRequest;
import org.jbuildkit.protocol.gateway.ReadDirRequest;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.ReleaseContainerRequest;
import org.jbuildkit.protocol.gateway.ResolveImageConfigRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.gateway.StatFileRequest;
import org.jbuildkit.protocol.gateway.WarnRequest;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.junit.jupiter.api.BeforeAll;

/** A frontend at a client that says what no frontend would. */
class GatewayFuzzTest {
  private static final long PATIENCE_MILLIS = 150;
  private static final int ROUNDS_A_BUILD = 100;
  private static final AtomicInteger BUILDS = new AtomicInteger();

  private static Target target;
  private static int rounds;
  private static String build = "";

  @BeforeAll
  static void start() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    target = Target.start();
  }

  /** A build whose frontend is here; the one before ends. */
  private static void nextBuild() throws InterruptedException {
    end();
    target.checkServes();
    build = "gateway-" + BUILDS.incrementAndGet();
    var request = org.jbuildkit.protocol.control.SolveRequest.newBuilder().setRef(build).build();
    Thread.ofVirtual()
        .start(() -> {
          try {
            target.call(ControlGrpc.getSolveMethod(), new Metadata(), List.of(request), 60_000);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void end() throws InterruptedException {
    if (!build.isEmpty()) {
      var error = com.google.rpc.Status.newBuilder().setCode(1).setMessage("over").build();
      send(
          LLBBridgeGrpc.getReturnMethod(),
          List.of(ReturnRequest.newBuilder().setError(error).build()));
    }
  }

  private static <S extends MessageLite> Status send(
      MethodDescriptor<S, ?> method, List<S> requests) throws InterruptedException {
    var headers = new Metadata();
    headers.put(Metadata.Key.of(MetadataKeys.BUILD_ID, Metadata.ASCII_STRING_MARSHALLER), build);
    return target.call(method, headers, requests, PATIENCE_MILLIS);
  }

  private static <S extends MessageLite> void one(MethodDescriptor<S, ?> method, S request)
      throws InterruptedException {
    many(method, List.of(request));
  }

  private static <S extends MessageLite> void many(MethodDescriptor<S, ?> method, List<S> requests)
      throws InterruptedException {
    if (rounds++ % ROUNDS_A_BUILD == 0) {
      nextBuild();
    }
    send(method, requests);
  }

  @FuzzTest
  void solves(@NotNull SolveRequest request) throws InterruptedException {
    var definition = Graphs.chained(request.getDefinition());
    one(LLBBridgeGrpc.getSolveMethod(), request.toBuilder().setDefinition(definition).build());
    one(LLBBridgeGrpc.getSolveMethod(), request);
  }

  @FuzzTest
  void reads(
      int choice,
      @NotNull ReadFileRequest file,
      @NotNull ReadDirRequest dir,
      @NotNull StatFileRequest stat,
      @NotNull EvaluateRequest evaluate,
      @NotNull ReturnRequest result)
      throws InterruptedException {
    switch (Math.floorMod(choice, 8)) {
      case 0 -> one(LLBBridgeGrpc.getReadFileMethod(), file);
      case 1 -> one(LLBBridgeGrpc.getReadDirMethod(), dir);
      case 2 -> one(LLBBridgeGrpc.getStatFileMethod(), stat);
      case 3 -> one(LLBBridgeGrpc.getEvaluateMethod(), evaluate);
      case 4 -> one(LLBBridgeGrpc.getReadFileContainerMethod(), file);
      case 5 -> one(LLBBridgeGrpc.getReadDirContainerMethod(), dir);
      case 6 -> one(LLBBridgeGrpc.getStatFileContainerMethod(), stat);
      default -> one(LLBBridgeGrpc.getReturnMethod(), result);
    }
  }

  @FuzzTest
  void questions(
      int choice,
      @NotNull ResolveImageConfigRequest config,
      @NotNull ResolveSourceMetaRequest meta,
      @NotNull WarnRequest warning)
      throws InterruptedException {
    switch (Math.floorMod(choice, 3)) {
      case 0 -> one(LLBBridgeGrpc.getResolveImageConfigMethod(), config);
      case 1 -> one(LLBBridgeGrpc.getResolveSourceMetaMethod(), meta);
      default -> one(LLBBridgeGrpc.getWarnMethod(), warning);
    }
  }

  @FuzzTest
  void containers(
      @NotNull NewContainerRequest container, @NotNull List<@NotNull ExecMessage> messages)
      throws InterruptedException {
    one(LLBBridgeGrpc.getNewContainerMethod(), container);
    var own =
        messages.stream()
            .map(message ->
                message.hasInit()
                    ? message.toBuilder()
                        .setInit(
                            message.getInit().toBuilder()
                                .setContainerID(container.getContainerID()))
                        .build()
                    : message)
            .toList();
    many(LLBBridgeGrpc.getExecProcessMethod(), own);
    var release =
        ReleaseContainerRequest.newBuilder().setContainerID(container.getContainerID()).build();
    one(LLBBridgeGrpc.getReleaseContainerMethod(), release);
  }
}
