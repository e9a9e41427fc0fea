package org.jbuildkit.systemtests;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.frontend.FrontendRun;
import org.jbuildkit.frontend.RunSettings;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.Exporter;
import org.jbuildkit.protocol.gateway.LLBBridgeGrpc;
import org.jbuildkit.protocol.gateway.PingRequest;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.RefMap;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.CallHeaders;
import org.jbuildkit.session.SessionServer;
import org.jbuildkit.session.attach.ExportDestination;
import org.jbuildkit.session.attach.ExportReceiver;
import org.jbuildkit.session.attach.SharedDirectories;
import org.jbuildkit.session.errors.StatusCodec;

/** An engine asked for bare graphs, many in one build. */
record RawEngine(Channel channel, Path shared) {

  /**
   * What became of graphs.
   *
   * @param errors of those that failed, and whether the error names a vertex
   */
  record Answers(Map<String, Ref> refs, Map<String, String> errors) {}

  /** Solves all graphs, and exports what is chosen of the results. */
  Answers solve(
      SequencedMap<String, Optional<LlbEdge>> graphs,
      Exporter exporter,
      Path archive,
      Function<Gateway, Result> choice)
      throws Exception {
    return solve(graphs, exporter, archive, Map.of(), choice);
  }

  /** As the other, with options as a frontend has them. */
  Answers solve(
      SequencedMap<String, Optional<LlbEdge>> graphs,
      Exporter exporter,
      Path archive,
      Map<String, String> options,
      Function<Gateway, Result> choice)
      throws Exception {
    var files = new SharedDirectories(Map.of("fixture", shared));
    var answers = new Answers(new LinkedHashMap<>(), new LinkedHashMap<>());
    during(
        files,
        options,
        exporter,
        archive,
        (build, _) -> {
          var gateway = new Gateway(Gateway.open(channel, build).bridge(), answers);
          try {
            graphs.forEach(gateway::evaluate);
            var result = choice.apply(gateway);
            var _ = gateway.bridge.return_(ReturnRequest.newBuilder().setResult(result).build());
          } catch (StatusRuntimeException e) {
            gateway.fail(e);
          }
        });
    return answers;
  }

  /** Builds the shared folder's Dockerfile with our language, which the client runs. */
  void build(SequencedMap<String, String> options, Exporter exporter, Path archive)
      throws Exception {
    during(
        new SharedDirectories(Map.of("context", shared, "dockerfile", shared)),
        Map.of(),
        exporter,
        archive,
        (build, session) -> {
          var _ = Gateway.open(channel, build);
          var settings = new RunSettings(options, session, Optional.empty());
          var _ = new FrontendRun(Gateway.channel(channel, build), settings).run();
        });
  }

  /** What makes and returns the result of a build. */
  private interface Frontend {
    void run(String build, String session) throws Exception;
  }

  private void during(
      SharedDirectories files,
      Map<String, String> options,
      Exporter exporter,
      Path archive,
      Frontend frontend)
      throws Exception {
    var receiver =
        new ExportReceiver(
            Map.of(0, new ExportDestination.ToStream(_ -> Files.newOutputStream(archive))));
    var build = RandomId.next();
    try (var session = SessionServer.start("", List.of(files, receiver));
        var _ = session.connect(channel);
        var scope = TaskScope.open()) {
      var request =
          org.jbuildkit.protocol.control.SolveRequest.newBuilder()
              .setRef(build)
              .setSession(session.id())
              .putAllFrontendAttrs(options)
              .addExporters(exporter)
              .setExporterDeprecated(exporter.getType())
              .putAllExporterAttrsDeprecated(exporter.getAttrsMap());
      scope.fork(() -> ControlGrpc.newBlockingStub(channel).solve(request.build()));
      frontend.run(build, session.id());
      scope.join();
    }
  }

  /** The gateway of one build. */
  record Gateway(LLBBridgeGrpc.LLBBridgeBlockingStub bridge, Answers answers) {
    private static Channel channel(Channel channel, String build) {
      var headers = new Metadata();
      headers.put(CallHeaders.key(MetadataKeys.BUILD_ID), build);
      return ClientInterceptors.intercept(
          channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    static Gateway open(Channel channel, String build) throws InterruptedException {
      var bridge = LLBBridgeGrpc.newBlockingStub(channel(channel, build));
      while (true) {
        try {
          var _ = bridge.ping(PingRequest.getDefaultInstance());
          return new Gateway(bridge, new Answers(new LinkedHashMap<>(), new LinkedHashMap<>()));
        } catch (StatusRuntimeException e) {
          if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
            throw e;
          }
          Thread.sleep(20);
        }
      }
    }

    private void fail(StatusRuntimeException reason) {
      try {
        var error = StatusCodec.toProto(StatusCodec.decode(reason));
        var _ = bridge.return_(ReturnRequest.newBuilder().setError(error).build());
      } catch (StatusRuntimeException _) {
        // The build has ended before; its own call tells why.
      }
    }

    private void evaluate(String name, Optional<LlbEdge> graph) {
      try {
        answers.refs.put(name, solve(graph));
      } catch (StatusRuntimeException e) {
        var error = StatusCodec.decode(e);
        var vertex = error.details().stream().anyMatch(ErrorDetail.Vertex.class::isInstance);
        answers.errors.put(name, error.getMessage() + (vertex ? " [vertex]" : ""));
      }
    }

    private Ref solve(Optional<LlbEdge> graph) {
      var request =
          SolveRequest.newBuilder()
              .setDefinition(Definitions.marshal(graph))
              .setAllowResultReturn(true)
              .setAllowResultArrayRef(true)
              .setEvaluate(true);
      return bridge.solve(request.build()).getResult().getRef();
    }

    /** One tree as the result. */
    Result single(LlbEdge graph) {
      return Result.newBuilder().setRef(solve(Optional.of(graph))).build();
    }

    /** All that was made, each as the image of a platform that has its number as architecture. */
    Result images() {
      var refs = RefMap.newBuilder();
      List<Json> platforms = new ArrayList<>();
      int number = 0;
      for (var entry : answers.refs.entrySet()) {
        var architecture = "c" + number++;
        var id = "linux/" + architecture;
        refs.putRefs(id, entry.getValue());
        var platform = Json.object().put("architecture", architecture).put("os", "linux").build();
        platforms.add(Json.object().put("ID", id).put("Platform", platform).build());
      }
      var list = Json.object().put("Platforms", new Json.Arr(platforms)).build();
      var text = list.write();
      return Result.newBuilder()
          .setRefs(refs)
          .putMetadata("refs.platforms", ByteString.copyFromUtf8(text))
          .build();
    }
  }
}
