package org.jbuildkit.frontend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.protocol.apicaps.APICap;
import org.jbuildkit.protocol.gateway.InputsRequest;
import org.jbuildkit.protocol.gateway.InputsResponse;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.ReadFileResponse;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.ResolveSourceImageResponse;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaRequest;
import org.jbuildkit.protocol.gateway.ResolveSourceMetaResponse;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.ReturnResponse;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.gateway.SolveResponse;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.stream.ByteDuplex;
import org.jbuildkit.session.tunnel.TunnelServer;

/**
 * One build against a daemon that only pretends: what it loads is put into the image's start-up
 * archive.
 */
public final class Rehearsal {
  private static final int PIPE = 1 << 16;
  private static final String FILE =
      """
      # check=skip=none
      FROM some/base:1 AS one
      ARG NAME=x
      ENV NAME=${NAME:-y}
      WORKDIR /work
      COPY --chown=1:2 files/a /a
      RUN --mount=type=cache,target=/c echo "$NAME"
      FROM scratch
      COPY --link --from=one /a /
      ADD b /files/
      LABEL l=m
      ENTRYPOINT ["/a"]
      """;
  private static final String CONFIG =
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\","
          + "\"diff_ids\":[\"sha256:1\"]}}";

  private Rehearsal() {}

  /** Runs the build. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run());
  }

  /** The exit status of the program. */
  static int run() throws IOException, InterruptedException {
    var toFrontend = new PipedOutputStream();
    var toDaemon = new PipedOutputStream();
    var fromDaemon = new PipedInputStream(toFrontend, PIPE);
    var fromFrontend = new PipedInputStream(toDaemon, PIPE);
    var group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    try (var server = TunnelServer.start(List.of(new Pretended()), new CallHeaders());
        var scope = TaskScope.open()) {
      scope.fork(() -> {
        server.attach(ByteDuplex.of(fromFrontend, toFrontend, toFrontend));
        return Boolean.TRUE;
      });
      var environment = Map.of("BUILDKIT_FRONTEND_OPT_0", "build-arg:NAME=z");
      return Main.run(ByteDuplex.of(fromDaemon, toDaemon, toDaemon), group, environment);
    } finally {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Answers as a daemon would whose every image and file is the same. */
  private static final class Pretended extends LLBBridgeGrpc.LLBBridgeImplBase {
    private static <R> void answer(StreamObserver<R> out, R answer) {
      out.onNext(answer);
      out.onCompleted();
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PongResponse> out) {
      var pong = PongResponse.newBuilder();
      for (var id : List.of("frontend.inputs", "source.metaresolver")) {
        pong.addFrontendAPICaps(APICap.newBuilder().setID(id).setEnabled(true));
      }
      answer(out, pong.build());
    }

    @Override
    public void inputs(InputsRequest request, StreamObserver<InputsResponse> out) {
      answer(out, InputsResponse.getDefaultInstance());
    }

    @Override
    public void solve(SolveRequest request, StreamObserver<SolveResponse> out) {
      var result = Result.newBuilder().setRef(Ref.newBuilder().setId("r"));
      answer(out, SolveResponse.newBuilder().setResult(result).build());
    }

    @Override
    public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> out) {
      if (!request.getFilePath().equals("Dockerfile")) {
        out.onError(
            Status.UNKNOWN
                .withDescription("open x: no such file or directory")
                .asRuntimeException());
        return;
      }
      answer(out, ReadFileResponse.newBuilder().setData(ByteString.copyFromUtf8(FILE)).build());
    }

    @Override
    public void resolveSourceMeta(
        ResolveSourceMetaRequest request, StreamObserver<ResolveSourceMetaResponse> out) {
      var image =
          ResolveSourceImageResponse.newBuilder()
              .setDigest(Digest.sha256(CONFIG.getBytes(UTF_8)).toString())
              .setConfig(ByteString.copyFromUtf8(CONFIG));
      var answer = ResolveSourceMetaResponse.newBuilder().setSource(request.getSource());
      answer(out, answer.setImage(image).build());
    }

    @Override
    public void return_(ReturnRequest request, StreamObserver<ReturnResponse> out) {
      if (request.hasError()) {
        System.err.println(request.getError().getMessage());
      }
      answer(out, ReturnResponse.getDefaultInstance());
    }
  }
}
