package org.jbuildkit.buildx.build;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Json;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.client.BuildSpec;
import org.jbuildkit.client.ResultMetadata;
import org.jbuildkit.protocol.control.VertexWarning;
import org.jbuildkit.protocol.keys.ExporterKeys;

/**
 * A build that has succeeded.
 *
 * @param ref of the build, with those of builder and node
 */
record BuildResult(
    BuildRequest request,
    Exports exports,
    BuildSpec.Outcome outcome,
    List<VertexWarning> warnings,
    String ref) {

  /** An error that a check found, which is no failure of the build. */
  static final class LintFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final BuildException failure;

    LintFailure(BuildException failure) {
      super(failure);
      this.failure = failure;
    }

    BuildException failure() {
      return failure;
    }
  }

  /** Prints and writes what was asked for; the result is the exit status. */
  int finish(Invocation flags, Environment environment) throws IOException, LintFailure {
    if (exports.layout().isPresent()) {
      ResultMetadata.nameImage(exports.layout().get(), outcome.response());
    }
    var response = response();
    if (request.isQuiet() && request.call().isBuild()) {
      environment.out().println(ResultPrinter.imageId(response));
    }
    if (!flags.text("iidfile").isEmpty()) {
      ResultPrinter.writeImageId(flags.text("iidfile"), response);
    }
    if (!flags.text("metadata-file").isEmpty()) {
      ResultPrinter.writeMetadata(flags.text("metadata-file"), response, more(environment));
    }
    int status = request.call().isBuild() ? 0 : answer(response, environment);
    var message = response.getOrDefault("frontend.result.inlinemessage", "");
    if (!message.isEmpty()) {
      environment.out().println();
      environment.out().println(message);
    }
    return status;
  }

  private Map<String, String> response() {
    var response = new LinkedHashMap<>(outcome.response());
    if (exports.prefersDigest()) {
      response.remove(ExporterKeys.RESPONSE_CONFIG_DIGEST);
    }
    if (!request.call().isBuild()) {
      response.putAll(ResultPrinter.texts(outcome.metadata()));
    }
    return response;
  }

  /** What the metadata file has besides the response. */
  private Map<String, Json> more(Environment environment) {
    var more = new LinkedHashMap<String, Json>();
    if (request.call().isBuild()) {
      more.put("buildx.build.ref", Json.of(ref));
      if (GoValues.parseBool(environment.variable("BUILDX_METADATA_WARNINGS")).orElse(false)) {
        more.put("buildx.build.warnings", ResultPrinter.warnings(warnings));
      }
    }
    return more;
  }

  private int answer(Map<String, String> response, Environment environment) throws LintFailure {
    try {
      var dockerfile = MainContext.displayName(request.context(), request.file());
      return CallPrinter.print(request.call(), response, dockerfile, environment.out());
    } catch (BuildException e) {
      throw new LintFailure(e);
    }
  }
}
