package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.protocol.apicaps.APICap;
import org.jbuildkit.protocol.gateway.InputsRequest;
import org.jbuildkit.protocol.gateway.InputsResponse;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.ReadFileResponse;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.RefMap;
import org.jbuildkit.protocol.gateway.ResolveImageConfigRequest;
import org.jbuildkit.protocol.gateway.ResolveImageConfigResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.ReturnResponse;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.gateway.SolveResponse;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.protocol.worker.WorkerRecord;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.errors.StatusCodec;

/** Answers {@code moby.buildkit.v1.frontend.LLBBridge} for builds that clients drive. */
final class GatewayService extends LLBBridgeGrpc.LLBBridgeImplBase {
  private static final Duration BUILD_WAIT = Duration.ofSeconds(3);

  private final Builds builds;
  private final WorkerRecord worker;

  GatewayService(Builds builds, WorkerRecord worker) {
    this.builds = builds;
    this.worker = worker;
  }

  private static String buildId(String method) {
    var ids = CallHeaders.all(CallHeaders.current(), MetadataKeys.BUILD_ID);
    if (ids.size() != 1) {
      throw BuildException.failed("forwarding " + method + ": no buildid found in context");
    }
    return ids.getFirst();
  }

  @Override
  public void ping(PingRequest request, StreamObserver<PongResponse> out) {
    var id = buildId("Ping");
    Calls.unary(
        out,
        () -> {
          var _ = builds.await(id, "Ping", BUILD_WAIT);
          var pong = PongResponse.newBuilder().addWorkers(worker);
          Capabilities.llb().forEach(cap -> pong.addLLBCaps(cap(cap)));
          Capabilities.frontend().forEach(cap -> pong.addFrontendAPICaps(cap(cap)));
          return pong.build();
        });
  }

  private static APICap cap(String id) {
    return APICap.newBuilder()
        .setID(id)
        .setEnabled(true)
        .setDeprecated(id.equals("solve.inlinereturn"))
        .build();
  }

  @Override
  public void solve(SolveRequest request, StreamObserver<SolveResponse> out) {
    var id = buildId("Solve");
    Calls.unary(
        out,
        () -> {
          var build = builds.await(id, "Solve", BUILD_WAIT);
          refuse(request.getFinal(), "final results in Solve");
          refuse(request.getSourcePoliciesCount() > 0, "source policies");
          boolean imports =
              request.getCacheImportsCount() > 0
                  || Unsupported.wantsImports(request.getFrontendOptMap());
          refuse(imports, "cache imports");
          var returned = run(build, request);
          if (request.getEvaluate()) {
            var _ = build.evaluate(returned);
          }
          return answer(request, returned);
        });
  }

  private static void refuse(boolean asked, String what) {
    if (asked) {
      throw new BuildException(ErrorCode.UNIMPLEMENTED, what + " are not supported by this daemon");
    }
  }

  private static Build.Returned run(Build build, SolveRequest request) throws InterruptedException {
    var frontend = SolveFlow.frontend(request.getFrontend(), request.getFrontendOptMap());
    if (request.getDefinition().getDefCount() > 0) {
      if (!frontend.isEmpty()) {
        throw BuildException.failed("cannot solve with both Definition and Frontend specified");
      }
      var tree = build.solve(request.getDefinition());
      return new Build.Returned(Optional.of(tree), Map.of(), Map.of());
    }
    return SolveFlow.runFrontend(
        build, frontend, request.getFrontendOptMap(), request.getFrontendInputsMap());
  }

  private static SolveResponse answer(SolveRequest request, Build.Returned returned) {
    if (!request.getAllowResultReturn()) {
      return SolveResponse.newBuilder()
          .setRef(returned.single().map(BuildTree::id).orElse(""))
          .build();
    }
    var result = Result.newBuilder();
    returned
        .metadata()
        .forEach((key, value) -> result.putMetadata(key, ByteString.copyFrom(value)));
    if (returned.byPlatform().isEmpty()) {
      result.setRef(ref(returned.single()));
    } else {
      var refs = RefMap.newBuilder();
      returned.byPlatform().forEach((id, tree) -> refs.putRefs(id, ref(Optional.of(tree))));
      result.setRefs(refs);
    }
    return SolveResponse.newBuilder().setResult(result).build();
  }

  private static Ref ref(Optional<BuildTree> tree) {
    return tree.map(t -> Ref.newBuilder().setId(t.id()).setDef(t.definition()).build())
        .orElse(Ref.getDefaultInstance());
  }

  @Override
  public void return_(ReturnRequest request, StreamObserver<ReturnResponse> out) {
    var id = buildId("Return");
    Calls.unary(
        out,
        () -> {
          var build = builds.await(id, "Return", BUILD_WAIT);
          if (request.hasError()) {
            build.fail(StatusCodec.fromProto(request.getError()));
          } else if (request.hasResult()) {
            build.complete(returned(build, request.getResult()));
          } else {
            throw BuildException.failed("gateway return must be either result or err");
          }
          return ReturnResponse.getDefaultInstance();
        });
  }

  private static Build.Returned returned(Build build, Result result) {
    var metadata = Build.bytes(result.getMetadataMap());
    refuse(result.getAttestationsCount() > 0, "attestations");
    return switch (result.getResultCase()) {
      case REFS -> {
        var trees = new LinkedHashMap<String, BuildTree>();
        result
            .getRefs()
            .getRefsMap()
            .forEach((platform, ref) -> trees.put(platform, tree(build, ref.getId())));
        yield new Build.Returned(Optional.empty(), trees, metadata);
      }
      case REFSDEPRECATED -> {
        var trees = new LinkedHashMap<String, BuildTree>();
        result
            .getRefsDeprecated()
            .getRefsMap()
            .forEach((platform, ref) -> trees.put(platform, tree(build, ref)));
        yield new Build.Returned(Optional.empty(), trees, metadata);
      }
      case REF -> new Build.Returned(single(build, result.getRef().getId()), Map.of(), metadata);
      case REFDEPRECATED ->
          new Build.Returned(single(build, result.getRefDeprecated()), Map.of(), metadata);
      case RESULT_NOT_SET -> new Build.Returned(Optional.empty(), Map.of(), metadata);
    };
  }

  private static Optional<BuildTree> single(Build build, String id) {
    return id.isEmpty() ? Optional.empty() : Optional.of(tree(build, id));
  }

  private static BuildTree tree(Build build, String id) {
    try {
      return build.tree(id);
    } catch (BuildException e) {
      throw new BuildException(ErrorCode.UNKNOWN, "return reference " + id + " not found", e);
    }
  }

  @Override
  public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> out) {
    var id = buildId("ReadFile");
    Calls.unary(
        out,
        () -> {
          var build = builds.await(id, "ReadFile", BUILD_WAIT);
          var data = build.tree(request.getRef()).readFile(request.getFilePath());
          var bytes = ByteString.copyFrom(data);
          if (request.hasRange()) {
            long from = Math.clamp(request.getRange().getOffset(), 0L, bytes.size());
            long to = Math.clamp(from + request.getRange().getLength(), from, bytes.size());
            bytes = bytes.substring((int) from, (int) to);
          }
          return ReadFileResponse.newBuilder().setData(bytes).build();
        });
  }

  @Override
  public void resolveImageConfig(
      ResolveImageConfigRequest request, StreamObserver<ResolveImageConfigResponse> out) {
    var id = buildId("ResolveImageConfig");
    Calls.unary(
        out,
        () -> {
          var build = builds.await(id, "ResolveImageConfig", BUILD_WAIT);
          return SourceQuestions.answer(build, request);
        });
  }

  @Override
  public void resolveSourceMeta(
      ResolveSourceMetaRequest request, StreamObserver<ResolveSourceMetaResponse> out) {
    var id = buildId("ResolveSourceMeta");
    Calls.unary(
        out,
        () -> SourceQuestions.answer(builds.await(id, "ResolveSourceMeta", BUILD_WAIT), request));
  }

  @Override
  public void inputs(InputsRequest request, StreamObserver<InputsResponse> out) {
    Calls.unary(out, InputsResponse::getDefaultInstance);
  }
}
