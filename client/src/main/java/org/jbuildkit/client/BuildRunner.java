package org.jbuildkit.client;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.protocol.control.ListWorkersRequest;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.worker.WorkerRecord;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.SessionServer;
import org.jbuildkit.session.attach.RegistryAuth;
import org.jbuildkit.session.errors.StatusCodec;

/**
 * Runs builds as all clients do: a solve whose result comes from this client, which asks the
 * frontend for it through the gateway and returns what it got.
 */
public final class BuildRunner {
  private final DaemonConnection daemon;

  public BuildRunner(DaemonConnection daemon) {
    this.daemon = daemon;
  }

  /**
   * Runs a build to its end.
   *
   * @param status gets progress as it comes, on other threads, one at a time
   * @throws BuildException why the build failed, as the daemon tells
   */
  public BuildSpec.Outcome run(BuildSpec spec, Consumer<StatusResponse> status)
      throws InterruptedException {
    return inSession(spec, (build, _, _) -> ask(spec, build), status);
  }

  /**
   * As the other one, with a frontend in this process in place of the one that the daemon is to
   * run; the outcome has no metadata then.
   */
  public BuildSpec.Outcome run(
      BuildSpec spec, ForwardedFrontend frontend, Consumer<StatusResponse> status)
      throws InterruptedException {
    return inSession(
        spec,
        (build, session, workers) -> {
          forward(frontend, build, session, workers);
          return Map.of();
        },
        status);
  }

  /** Makes a build's result. */
  private interface Producer {
    Map<String, byte[]> produce(Channel build, String session, List<WorkerRecord> workers)
        throws InterruptedException;
  }

  private BuildSpec.Outcome inSession(
      BuildSpec spec, Producer producer, Consumer<StatusResponse> status)
      throws InterruptedException {
    var workers = listWorkers();
    var lock = new Object();
    Consumer<StatusResponse> ordered =
        update -> {
          synchronized (lock) {
            status.accept(update);
          }
        };
    for (var attachable : spec.attachables()) {
      if (attachable instanceof RegistryAuth auth) {
        auth.showTo(ordered);
      }
    }
    try (var session = SessionServer.start(spec.sharedKey(), spec.attachables());
        var _ = session.connect(daemon.channel())) {
      return solve(
          spec, session.id(), build -> producer.produce(build, session.id(), workers), ordered);
    } catch (IOException e) {
      throw BuildException.failed("failed to create session", e);
    }
  }

  private List<WorkerRecord> listWorkers() {
    try {
      return daemon.control().listWorkers(ListWorkersRequest.getDefaultInstance()).getRecordList();
    } catch (StatusRuntimeException e) {
      throw daemon.explain(e).within("failed to list workers").within("listing workers for Build");
    }
  }

  /** Ids of what definitions and exports of this daemon may use, found out by an empty build. */
  public Set<String> capabilities() throws InterruptedException {
    var ref = RandomId.next();
    var request = SolveRequest.newBuilder().setRef(ref).setInternal(true).build();
    var ids = new HashSet<String>();
    try (var scope = TaskScope.open()) {
      var ended = new AtomicBoolean();
      scope.fork(() -> {
        try {
          return daemon.control().solve(request);
        } finally {
          ended.set(true);
        }
      });
      scope.fork(() -> {
        var gateway = LLBBridgeGrpc.newBlockingStub(gateway(ref));
        var pong = awaitBuild(gateway, ended);
        pong.getLLBCapsList().stream()
            .filter(cap -> cap.getEnabled())
            .forEach(cap -> ids.add(cap.getID()));
        return gateway.return_(
            ReturnRequest.newBuilder().setResult(Result.getDefaultInstance()).build());
      });
      scope.join();
    } catch (StatusRuntimeException e) {
      throw daemon.explain(e);
    }
    return ids;
  }

  /** Calls name the build that they are about. */
  private Channel gateway(String ref) {
    var headers = new Metadata();
    headers.put(CallHeaders.key(MetadataKeys.BUILD_ID), ref);
    return ClientInterceptors.intercept(
        daemon.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Waits until the daemon knows the build: a busy one may take longer than a call waits there. */
  private static PongResponse awaitBuild(
      LLBBridgeGrpc.LLBBridgeBlockingStub gateway, AtomicBoolean ended) {
    while (true) {
      try {
        return gateway.ping(PingRequest.getDefaultInstance());
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND || ended.get()) {
          throw e;
        }
      }
    }
  }

  /** What is to be done with a build once the daemon knows it. */
  private interface Begun {
    Map<String, byte[]> with(Channel build) throws InterruptedException;
  }

  private BuildSpec.Outcome solve(
      BuildSpec spec, String session, Begun begun, Consumer<StatusResponse> status)
      throws InterruptedException {
    var cancellation = Context.current().withCancellation();
    try (var watching = TaskScope.open()) {
      var heard = new AtomicBoolean();
      watching.fork(() ->
          follow(
              spec.ref(),
              update -> {
                heard.set(true);
                status.accept(update);
              },
              cancellation));
      var ended = new AtomicBoolean();
      try {
        return solve(spec, session, begun, ended);
      } finally {
        // The daemon tells how steps ended, also those of a build that was cancelled.
        boolean interrupted = Thread.interrupted();
        StatusEnd.cancelSoon(cancellation, heard.get());
        watching.join();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    } catch (InterruptedException e) {
      throw new BuildException(
          ErrorCode.CANCELLED, "failed to solve: Canceled: context canceled", e);
    } finally {
      cancellation.cancel(null);
    }
  }

  private BuildSpec.Outcome solve(BuildSpec spec, String session, Begun begun, AtomicBoolean ended)
      throws InterruptedException {
    try (var scope = TaskScope.open()) {
      var metadata = scope.fork(() -> produce(spec.ref(), begun, ended));
      var response =
          scope.fork(() -> {
            try {
              return daemon.control().solve(SolveMessages.control(spec, session));
            } finally {
              ended.set(true);
            }
          });
      scope.join();
      return new BuildSpec.Outcome(
          new LinkedHashMap<>(response.get().getExporterResponseMap()), metadata.get());
    } catch (StatusRuntimeException e) {
      throw daemon.explain(e).within("failed to solve");
    }
  }

  private int follow(
      String ref, Consumer<StatusResponse> status, Context.CancellableContext cancellation) {
    var previous = cancellation.attach();
    try {
      var updates = daemon.control().status(StatusRequest.newBuilder().setRef(ref).build());
      while (updates.hasNext()) {
        status.accept(updates.next());
      }
    } catch (StatusRuntimeException _) {
      // The solve itself tells why there is no progress.
    } finally {
      cancellation.detach(previous);
    }
    return 0;
  }

  private Map<String, byte[]> produce(String ref, Begun begun, AtomicBoolean ended)
      throws InterruptedException {
    var build = gateway(ref);
    try {
      var _ = awaitBuild(LLBBridgeGrpc.newBlockingStub(build), ended);
    } catch (StatusRuntimeException _) {
      return Map.of(); // there is no such build; the solve tells why
    }
    return begun.with(build);
  }

  private static Map<String, byte[]> ask(BuildSpec spec, Channel build) {
    var gateway = LLBBridgeGrpc.newBlockingStub(build);
    var metadata = new LinkedHashMap<String, byte[]>();
    var answer = ReturnRequest.newBuilder();
    try {
      var result = gateway.solve(SolveMessages.gateway(spec)).getResult();
      answer.setResult(result);
      result.getMetadataMap().forEach((key, value) -> metadata.put(key, bytes(value)));
    } catch (StatusRuntimeException e) {
      answer.setError(StatusCodec.toProto(StatusCodec.decode(e)));
    }
    end(gateway, answer.build());
    return metadata;
  }

  private static void forward(
      ForwardedFrontend frontend, Channel build, String session, List<WorkerRecord> workers)
      throws InterruptedException {
    try {
      frontend.build(build, session, workers);
    } catch (RuntimeException e) {
      var error = e instanceof StatusRuntimeException status ? StatusCodec.decode(status) : e;
      var answer = ReturnRequest.newBuilder().setError(StatusCodec.toProto(error));
      end(LLBBridgeGrpc.newBlockingStub(build), answer.build());
    }
  }

  private static void end(LLBBridgeGrpc.LLBBridgeBlockingStub gateway, ReturnRequest answer) {
    try {
      var _ = gateway.return_(answer);
    } catch (StatusRuntimeException _) {
      // The build has ended before; the solve tells why.
    }
  }

  private static byte[] bytes(ByteString value) {
    return value.toByteArray();
  }
}
