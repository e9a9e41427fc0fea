package org.jbuildkit.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.client.BuildRunner;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.session.attach.SharedDirectories;

/** What one engine answers to requests about Dockerfiles. */
record ConversionAnswers(DaemonConnection daemon) {
  /** A file, and what the user asks for beside. */
  record Question(String dockerfile, Map<String, String> options) {}

  /**
   * The answer to one request, or the error, in a form that does not depend on the engine.
   *
   * @param folder an empty one, of this call only
   */
  String ask(String request, Question question, Path folder)
      throws IOException, InterruptedException {
    var dockerfile = Files.createTempDirectory(folder, "dockerfile");
    var context = Files.createTempDirectory(folder, "context");
    Files.writeString(dockerfile.resolve("Dockerfile"), question.dockerfile());
    var options = new LinkedHashMap<>(question.options());
    if (!request.isEmpty()) {
      options.put("requestid", "frontend." + request);
      options.put("frontend.caps", "moby.buildkit.frontend.subrequests");
    }
    var spec =
        BuildSpec.of(
            RandomId.next(),
            "dockerfile.v0",
            options,
            List.of(),
            List.of(new SharedDirectories(Map.of("context", context, "dockerfile", dockerfile))));
    try {
      var metadata = new BuildRunner(daemon).run(spec, _ -> {}).metadata();
      var json = metadata.getOrDefault("result.json", new byte[0]);
      return request.equals("convertllb")
          ? ConvertedGraph.read(json).text()
          : new String(json, UTF_8).replaceAll("(?ms)^ {6}\"definition\": \\{.*?^ {6}\\},?$", "");
    } catch (BuildException e) {
      return error(e);
    }
  }

  private static String error(BuildException error) {
    var text = new StringBuilder("error: ").append(error.getMessage()).append('\n');
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.Source source) {
        text.append("at ").append(source.filename()).append(source.ranges()).append('\n');
      }
    }
    return text.toString();
  }
}
