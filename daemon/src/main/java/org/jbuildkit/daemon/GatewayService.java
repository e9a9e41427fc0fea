package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.BuildTree;
import org.jbuildkit.engine.gateway.SourceQuestions;
import org.jbuildkit.protocol.apicaps.APICap;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.protocol.gateway.EvaluateRequest;
import org.jbuildkit.protocol.gateway.EvaluateResponse;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.InputsRequest;
import org.jbuildkit.protocol.gateway.InputsResponse;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.NewContainerRequest;
import org.jbuildkit.protocol.gateway.NewContainerResponse;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.jbuildkit.protocol.gateway.ReadDirRequest;
import org.jbuildkit.protocol.gateway.ReadDirResponse;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.ReadFileResponse;
import org.jbuildkit.protocol.gateway.ReleaseContainerRequest;
import org.jbuildkit.protocol.gateway.ReleaseContainerResponse;
import org.jbuildkit.protocol.gateway.ResolveImageConfigRequest;
import org.jbuildkit.protocol.gateway.ResolveImageConfigResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.ReturnResponse;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.gateway.SolveResponse;
import org.jbuildkit.protocol.gateway.StatFileRequest;
import org.jbuildkit.protocol.gateway.StatFileResponse;
import org.jbuildkit.protocol.gateway.WarnRequest;
import org.jbuildkit.protocol.gateway.WarnResponse;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.stream.MessageStream;

/** Answers {@code moby.buildkit.v1.frontend.LLBBridge}, wherever the frontend runs. */
final class GatewayService extends LLBBridgeGrpc.LLBBridgeImplBase {
  private final Finder bridges;
  private final BridgeContainers containers;
  private final Worker worker;

  /** Finds the bridge that a call is meant for. */
  @FunctionalInterface
  interface Finder {
    /**
     * @param method called, for messages
     * @throws BuildException if there is none
     */
    Bridge find(String method) throws InterruptedException;
  }

  GatewayService(Finder bridges, BridgeContainers containers, Worker worker) {
    this.bridges = bridges;
    this.containers = containers;
    this.worker = worker;
  }

  @Override
  public void ping(PingRequest request, StreamObserver<PongResponse> out) {
    Calls.unary(
        out,
        () -> {
          var _ = bridges.find("Ping");
          var pong = PongResponse.newBuilder().addWorkers(worker.current());
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
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("Solve");
          boolean isForFrontend = !request.getFrontend().isEmpty();
          refuse(
              isForFrontend && request.getSourcePoliciesCount() > 0,
              "source policies of requests to frontends");
          boolean imports =
              request.getCacheImportsCount() > 0
                  || Unsupported.wantsImports(request.getFrontendOptMap());
          refuse(imports, "cache imports");
          try {
            return solve(bridge, request);
          } catch (BuildException e) {
            throw bridge.debuggable(e, request.getDefinition());
          }
        });
  }

  private static void refuse(boolean asked, String what) {
    if (asked) {
      throw new BuildException(ErrorCode.UNIMPLEMENTED, what + " are not supported by this daemon");
    }
  }

  private static SolveResponse solve(Bridge bridge, SolveRequest request)
      throws InterruptedException {
    var returned = run(bridge, request);
    if (request.getEvaluate()) {
      var _ = bridge.build().evaluate(returned);
    }
    if (request.getFinal()) {
      bridge.complete(FinalResult.of(returned, request.getExporterAttr()));
    }
    return new BridgeResults(bridge).answer(request, returned);
  }

  private static Build.Returned run(Bridge bridge, SolveRequest request)
      throws InterruptedException {
    if (request.getDefinition().getDefCount() > 0) {
      if (!request.getFrontend().isEmpty()) {
        throw BuildException.failed("cannot solve with both Definition and Frontend specified");
      }
      return Build.Returned.of(
          bridge.build().solve(request.getDefinition(), request.getSourcePoliciesList()));
    }
    var build = bridge.build();
    return build
        .frontends()
        .solve(
            build,
            request.getFrontend(),
            Frontend.Request.of(request.getFrontendOptMap(), request.getFrontendInputsMap()));
  }

  @Override
  public void return_(ReturnRequest request, StreamObserver<ReturnResponse> out) {
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("Return");
          if (request.hasError()) {
            bridge.fail(StatusCodec.fromProto(request.getError()));
          } else if (request.hasResult()) {
            bridge.complete(new BridgeResults(bridge).returned(request.getResult()));
          } else {
            throw BuildException.failed("gateway return must be either result or err");
          }
          return ReturnResponse.getDefaultInstance();
        });
  }

  @Override
  public void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> out) {
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("Evaluate");
          var _ = bridge.evaluate(bridge.tree(request.getRef()));
          return EvaluateResponse.getDefaultInstance();
        });
  }

  /** Looks at a tree, which is made first. */
  private <R> R read(String method, String ref, BuildTree.Look<R> look)
      throws IOException, InterruptedException {
    var bridge = bridges.find(method);
    var tree = bridge.tree(ref);
    var _ = bridge.evaluate(tree);
    return tree.read(look);
  }

  @Override
  public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> out) {
    Calls.unary(
        out,
        () -> {
          var range = request.getRange();
          long length = request.hasRange() ? range.getLength() : Long.MAX_VALUE;
          var data =
              read(
                  "ReadFile",
                  request.getRef(),
                  files -> files.file(request.getFilePath(), range.getOffset(), length));
          return ReadFileResponse.newBuilder().setData(ByteString.copyFrom(data)).build();
        });
  }

  @Override
  public void readDir(ReadDirRequest request, StreamObserver<ReadDirResponse> out) {
    Calls.unary(
        out,
        () -> {
          var entries =
              read(
                  "ReadDir",
                  request.getRef(),
                  files -> files.entries(request.getDirPath(), request.getIncludePattern()));
          return ReadDirResponse.newBuilder().addAllEntries(entries).build();
        });
  }

  @Override
  public void statFile(StatFileRequest request, StreamObserver<StatFileResponse> out) {
    Calls.unary(
        out,
        () -> {
          var stat =
              read("StatFile", request.getRef(), files -> files.stat(request.getPath(), false));
          return StatFileResponse.newBuilder().setStat(stat).build();
        });
  }

  @Override
  public void resolveImageConfig(
      ResolveImageConfigRequest request, StreamObserver<ResolveImageConfigResponse> out) {
    Calls.unary(
        out, () -> SourceQuestions.answer(bridges.find("ResolveImageConfig").build(), request));
  }

  @Override
  public void resolveSourceMeta(
      ResolveSourceMetaRequest request, StreamObserver<ResolveSourceMetaResponse> out) {
    Calls.unary(
        out, () -> SourceQuestions.answer(bridges.find("ResolveSourceMeta").build(), request));
  }

  @Override
  public void inputs(InputsRequest request, StreamObserver<InputsResponse> out) {
    Calls.unary(
        out,
        () ->
            InputsResponse.newBuilder().putAllDefinitions(bridges.find("Inputs").inputs()).build());
  }

  @Override
  public void warn(WarnRequest request, StreamObserver<WarnResponse> out) {
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("Warn");
          if (Digest.tryParse(request.getDigest()).isEmpty()) {
            throw BuildException.invalid("invalid checksum digest format");
          }
          var warning =
              VertexWarning.newBuilder()
                  .setVertex(request.getDigest())
                  .setLevel(request.getLevel() == 0 ? 1 : request.getLevel())
                  .setShort(request.getShort())
                  .addAllDetail(request.getDetailList())
                  .setUrl(request.getUrl())
                  .addAllRanges(request.getRangesList());
          if (request.hasInfo()) {
            warning.setInfo(request.getInfo());
          }
          bridge.build().job().progress().warning(warning.build());
          return WarnResponse.getDefaultInstance();
        });
  }

  @Override
  public void newContainer(NewContainerRequest request, StreamObserver<NewContainerResponse> out) {
    Calls.unary(
        out,
        () -> {
          containers.create(bridges.find("NewContainer"), request);
          return NewContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public void releaseContainer(
      ReleaseContainerRequest request, StreamObserver<ReleaseContainerResponse> out) {
    Calls.unary(
        out,
        () -> {
          var id = request.getContainerID();
          if (!bridges.find("ReleaseContainer").release(id)) {
            throw BuildException.failed("container details for " + id + " not found");
          }
          return ReleaseContainerResponse.getDefaultInstance();
        });
  }

  @Override
  public void readFileContainer(ReadFileRequest request, StreamObserver<ReadFileResponse> out) {
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("ReadFileContainer");
          var data =
              BridgeContainers.read(
                  bridge,
                  request.getRef(),
                  request.getMountIndex(),
                  request.getFilePath(),
                  files -> files.file(request.getFilePath()));
          return ReadFileResponse.newBuilder().setData(ByteString.copyFrom(data)).build();
        });
  }

  @Override
  public void readDirContainer(ReadDirRequest request, StreamObserver<ReadDirResponse> out) {
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("ReadDirContainer");
          var entries =
              BridgeContainers.read(
                  bridge,
                  request.getRef(),
                  request.getMountIndex(),
                  request.getDirPath(),
                  files -> files.entries(request.getDirPath(), request.getIncludePattern()));
          return ReadDirResponse.newBuilder().addAllEntries(entries).build();
        });
  }

  @Override
  public void statFileContainer(StatFileRequest request, StreamObserver<StatFileResponse> out) {
    Calls.unary(
        out,
        () -> {
          var bridge = bridges.find("StatFileContainer");
          var stat =
              BridgeContainers.read(
                  bridge,
                  request.getRef(),
                  request.getMountIndex(),
                  request.getPath(),
                  files -> files.stat(request.getPath(), true));
          return StatFileResponse.newBuilder().setStat(stat).build();
        });
  }

  @Override
  public StreamObserver<ExecMessage> execProcess(StreamObserver<ExecMessage> out) {
    return MessageStream.serve(
        out, stream -> new ExecDialogue(bridges.find("ExecProcess"), stream).run());
  }
}
