package org.jbuildkit.fuzz;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.google.protobuf.MessageLite;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.DiskUsageRequest;
import org.jbuildkit.protocol.control.ListWorkersRequest;
import org.jbuildkit.protocol.control.PruneRequest;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.control.UpdateBuildHistoryRequest;
import org.jbuildkit.protocol.pb.Definition;
import org.junit.jupiter.api.BeforeAll;

/** Requests of the Control service that no client would send. */
class ControlFuzzTest {
  private static final long PATIENCE_MILLIS = 150;
  private static final int ROUNDS_BETWEEN_CHECKS = 200;

  private static Target target;
  private static int rounds;

  @BeforeAll
  static void start() {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    target = Target.start();
  }

  private static <S extends MessageLite> void send(MethodDescriptor<S, ?> method, S request)
      throws InterruptedException {
    target.call(method, new Metadata(), List.of(request), PATIENCE_MILLIS);
    if (++rounds % ROUNDS_BETWEEN_CHECKS == 0) {
      target.checkServes();
    }
  }

  @FuzzTest
  void requests(
      int choice,
      @NotNull DiskUsageRequest diskUsage,
      @NotNull PruneRequest prune,
      @NotNull ListWorkersRequest workers,
      @NotNull StatusRequest status,
      @NotNull BuildHistoryRequest history,
      @NotNull UpdateBuildHistoryRequest update)
      throws InterruptedException {
    switch (Math.floorMod(choice, 6)) {
      case 0 -> send(ControlGrpc.getDiskUsageMethod(), diskUsage);
      case 1 -> send(ControlGrpc.getPruneMethod(), prune);
      case 2 -> send(ControlGrpc.getListWorkersMethod(), workers);
      case 3 -> send(ControlGrpc.getStatusMethod(), status);
      case 4 -> send(ControlGrpc.getListenBuildHistoryMethod(), history);
      default -> send(ControlGrpc.getUpdateBuildHistoryMethod(), update);
    }
  }

  @FuzzTest
  void builds(@NotNull SolveRequest request) throws InterruptedException {
    send(ControlGrpc.getSolveMethod(), request);
  }

  @FuzzTest
  void graphs(@NotNull Definition definition) throws InterruptedException {
    var request =
        SolveRequest.newBuilder()
            .setRef("graph-" + rounds)
            .setDefinition(Graphs.chained(definition))
            .build();
    send(ControlGrpc.getSolveMethod(), request);
  }
}
