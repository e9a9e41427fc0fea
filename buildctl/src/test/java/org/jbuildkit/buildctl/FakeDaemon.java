package org.jbuildkit.buildctl;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.protocol.control.BytesMessage;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.ListWorkersRequest;
import org.jbuildkit.protocol.control.ListWorkersResponse;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.SolveResponse;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.PongResponse;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.ReturnResponse;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.calls.DirectoryRequest;
import org.jbuildkit.session.calls.ResultUpload;
import org.jbuildkit.session.errors.StatusCodec;
import org.jbuildkit.session.files.DirectoryTarget;
import org.jbuildkit.session.files.FileReceiver.Differ;
import org.jbuildkit.session.files.Selection;
import org.jbuildkit.session.files.TreeFilter;

/** A daemon that "builds" by taking the context's file {@code in} for the tarball. */
final class FakeDaemon implements AutoCloseable {
  final SessionRegistry sessions = new SessionRegistry();
  final CompletableFuture<ReturnRequest> returned = new CompletableFuture<>();
  final CompletableFuture<Void> built = new CompletableFuture<>();
  volatile String traceParent = "";
  volatile SolveRequest request = SolveRequest.getDefaultInstance();
  private final Path folder;
  private final Server server;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  FakeDaemon(Path folder) throws Exception {
    this.folder = folder;
    server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(folder.resolve("bk.sock")))
            .channelType(NioServerDomainSocketChannel.class)
            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .intercept(new CallHeaders())
            .addService(new Control())
            .addService(new Gateway())
            .build()
            .start();
  }

  String address() {
    return "unix://" + folder.resolve("bk.sock");
  }

  private SolveResponse build(SolveRequest solve) throws Exception {
    request = solve;
    var answer = returned.get(10, TimeUnit.SECONDS);
    if (answer.hasError()) {
      throw StatusCodec.fromProto(answer.getError());
    }
    if (solve.getFrontendAttrsMap().containsKey("fail")) {
      throw BuildException.failed("it broke")
          .withDetail(
              new ErrorDetail.Source(
                  "Dockerfile",
                  "",
                  "FROM x\nRUN y\n".getBytes(StandardCharsets.UTF_8),
                  new byte[0],
                  List.of(ErrorDetail.Range.lines(2, 2))));
    }
    var session = sessions.await(solve.getSession(), Duration.ofSeconds(5));
    var work = Files.createDirectories(folder.resolve("work"));
    try (var root = Dir.open(work);
        var into = new DirectoryTarget(root, false)) {
      new DirectoryRequest("context", TreeFilter.ALL)
          .receive(session, into, Differ.METADATA, Selection.ALL, _ -> {});
    }
    if (solve.getExportersCount() > 0) {
      try (var out = new ResultUpload(session, 0).openTarball(Map.of())) {
        Files.copy(work.resolve("in"), out);
      }
    }
    return SolveResponse.newBuilder().putExporterResponse("containerimage.digest", "d").build();
  }

  private final class Control extends ControlGrpc.ControlImplBase {
    @Override
    public void listWorkers(ListWorkersRequest ask, StreamObserver<ListWorkersResponse> out) {
      traceParent = CallHeaders.first(CallHeaders.current(), "traceparent").orElse("");
      out.onNext(ListWorkersResponse.getDefaultInstance());
      out.onCompleted();
    }

    @Override
    public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> out) {
      return sessions.accept(out);
    }

    @Override
    public void status(StatusRequest ask, StreamObserver<StatusResponse> out) {
      var start = Timestamp.newBuilder().setSeconds(5).build();
      var vertex = Vertex.newBuilder().setDigest("v").setName("a step").setStarted(start);
      out.onNext(StatusResponse.newBuilder().addVertexes(vertex).build());
      built.join();
      vertex.setCompleted(start);
      out.onNext(StatusResponse.newBuilder().addVertexes(vertex).build());
      out.onCompleted();
    }

    @Override
    public void solve(SolveRequest solve, StreamObserver<SolveResponse> out) {
      try {
        var response = build(solve);
        built.complete(null);
        out.onNext(response);
        out.onCompleted();
      } catch (Exception e) {
        built.complete(null);
        out.onError(StatusCodec.encode(e));
      }
    }
  }

  private final class Gateway extends LLBBridgeGrpc.LLBBridgeImplBase {
    @Override
    public void ping(PingRequest ask, StreamObserver<PongResponse> out) {
      out.onNext(PongResponse.getDefaultInstance());
      out.onCompleted();
    }

    @Override
    public void solve(
        org.jbuildkit.protocol.gateway.SolveRequest ask,
        StreamObserver<org.jbuildkit.protocol.gateway.SolveResponse> out) {
      if (!ask.getFrontend().equals("dockerfile.v0")) {
        out.onError(
            StatusCodec.encode(
                new BuildException(ErrorCode.NOT_FOUND, "no frontend " + ask.getFrontend())));
        return;
      }
      out.onNext(
          org.jbuildkit.protocol.gateway.SolveResponse.newBuilder()
              .setResult(
                  Result.newBuilder()
                      .setRef(Ref.newBuilder().setId("r"))
                      .putMetadata("result.txt", ByteString.copyFromUtf8("outline\n")))
              .build());
      out.onCompleted();
    }

    @Override
    public void return_(ReturnRequest answer, StreamObserver<ReturnResponse> out) {
      returned.complete(answer);
      out.onNext(ReturnResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  @Override
  public void close() throws Exception {
    sessions.close();
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
