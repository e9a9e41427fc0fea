package org.jbuildkit.systemtests;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.SolveRequest;
import org.jbuildkit.session.SessionServer;
import org.jbuildkit.session.attach.SharedDirectories;
import org.jbuildkit.session.errors.StatusCodec;

/**
 * What one engine makes of Dockerfiles: it is asked for a build's result, which names its graph,
 * and which nobody wants then, so that nothing is run.
 */
record ConversionAnswers(Channel channel, KnownDifferences known) {
  /** A file, and what the user asks for beside. */
  record Question(String dockerfile, Map<String, String> options) {}

  /**
   * Graph, image and messages, or the error, in a form that does not depend on the engine.
   *
   * @param request one of the frontend's without its prefix, or empty to build
   * @param folder of this call only
   */
  String ask(String request, Question question, Path folder)
      throws IOException, InterruptedException {
    var dockerfile = Files.createTempDirectory(folder, "dockerfile");
    var context = Files.createTempDirectory(folder, "context");
    Files.writeString(dockerfile.resolve("Dockerfile"), question.dockerfile());
    var solve =
        SolveRequest.newBuilder()
            .setFrontend("dockerfile.v0")
            .setAllowResultReturn(true)
            .setAllowResultArrayRef(true)
            .putAllFrontendOpt(question.options());
    if (!request.isEmpty()) {
      solve.putFrontendOpt("requestid", "frontend." + request);
      solve.putFrontendOpt("frontend.caps", "moby.buildkit.frontend.subrequests");
    }
    var files = new SharedDirectories(Map.of("context", context, "dockerfile", dockerfile));
    try (var session = SessionServer.start("", List.of(files));
        var _ = session.connect(channel)) {
      return known.strip(told(solve(solve.build(), session.id())));
    } catch (BuildException e) {
      return known.strip(error(e));
    }
  }

  private Result solve(SolveRequest solve, String session) throws InterruptedException {
    var build = RandomId.next();
    var request =
        org.jbuildkit.protocol.control.SolveRequest.newBuilder()
            .setRef(build)
            .setSession(session)
            .setInternal(true)
            .build();
    try (var scope = TaskScope.open()) {
      scope.fork(() -> ControlGrpc.newBlockingStub(channel).solve(request));
      var bridge = RawEngine.Gateway.open(channel, build).bridge();
      try {
        return bridge.solve(solve).getResult();
      } catch (StatusRuntimeException e) {
        throw StatusCodec.decode(e);
      } finally {
        var nothing = ReturnRequest.newBuilder().setResult(Result.getDefaultInstance()).build();
        var _ = bridge.return_(nothing);
        scope.join();
      }
    }
  }

  private static String told(Result result) {
    var text = new StringBuilder();
    for (var member : new TreeMap<>(result.getMetadataMap()).entrySet()) {
      var value = OutlineOrder.settled(plain(member.getValue().toStringUtf8()));
      // Warnings of one line are told in an order by chance.
      var shown = member.getKey().equals("result.txt") ? sorted(value, "\n") : warnings(value);
      text.append(member.getKey()).append(": ").append(shown).append('\n');
    }
    if (result.hasRef()) {
      text.append(ConvertedGraph.text(result.getRef().getDef()));
    }
    result
        .getRefs()
        .getRefsMap()
        .forEach(
            (id, ref) -> text.append(id).append('\n').append(ConvertedGraph.text(ref.getDef())));
    return text.toString();
  }

  private static String sorted(String text, String separator) {
    return Stream.of(text.split(separator, -1)).sorted().collect(Collectors.joining(separator));
  }

  private static String warnings(String json) {
    int end = json.indexOf("\n  ],\n  \"sources\"");
    return end < 0 ? json : sorted(json.substring(0, end), ",\n    \\{") + json.substring(end);
  }

  private static String plain(String value) {
    return value
        // The definition of where a file came from has a session's id in it.
        .replaceAll("(?ms)^ {6}\"definition\": \\{.*?^ {6}\\},?$", "")
        .replaceAll("(\"created\":)\"[^\"]*\"", "$1\"\"");
  }

  private static String error(BuildException error) {
    var text = new StringBuilder("error: ").append(BuildException.describe(error)).append('\n');
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.Source source) {
        text.append("at ").append(source.filename()).append(source.ranges()).append('\n');
      }
    }
    return text.toString();
  }
}
