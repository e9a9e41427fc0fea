package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.dockerfile.explain.Explanation;
import org.jbuildkit.dockerfile.lint.Checks;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.syntax.Directives;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.keys.AttestationOptions;

/** Builds a Dockerfile: reads it from the session, converts it, and asks for the trees. */
public final class DockerfileFrontend {
  private static final String CHECKS = "build-arg:BUILDKIT_DOCKERFILE_CHECK";
  private static final int ATTENTION = 1;

  private final FrontendClient client;
  private final FrontendOptions options;
  private final BuildFiles files;
  private final Optional<Checks> givenChecks;
  private final Optional<BuildException> missing;

  private DockerfileFrontend(FrontendClient client) throws InterruptedException {
    this.client = client;
    this.missing = RequestGate.check(client.options());
    this.options = FrontendOptions.parse(client.options(), client.buildPlatform());
    this.givenChecks = givenChecks();
    this.files = BuildFiles.of(client, options);
  }

  private Optional<Checks> givenChecks() {
    var text = options.all().get(CHECKS);
    try {
      return text == null ? Optional.empty() : Optional.of(Checks.parse(text));
    } catch (BuildException e) {
      throw e.within("failed to parse " + CHECKS);
    }
  }

  /**
   * Runs one build.
   *
   * @throws BuildException with the place in the file where there is one
   */
  public static FrontendResult solve(FrontendClient client) throws InterruptedException {
    return new DockerfileFrontend(client).build();
  }

  private FrontendResult build() throws InterruptedException {
    var file = files.dockerfile();
    var forwarded = SyntaxChoice.forward(client, file);
    if (forwarded.isPresent()) {
      return FrontendResult.of(forwarded.get());
    }
    if (missing.isPresent()) {
      throw missing.get();
    }
    var request = options.all().get("requestid");
    return request == null ? build(file) : answer(file, request);
  }

  /** Answers a request about the file; errors of it have no place. */
  private FrontendResult answer(BuildFiles.Dockerfile file, String request)
      throws InterruptedException {
    try {
      return switch (request) {
        case Subrequests.DESCRIBE -> Subrequests.describe();
        case Subrequests.TARGETS -> Subrequests.targets(file.text().data());
        case Subrequests.OUTLINE -> outline(file);
        case Subrequests.LINT -> lint(file);
        case Subrequests.EXPLAIN -> explained(file);
        case Subrequests.CONVERT -> converted(file);
        default -> throw Subrequests.unknown(request);
      };
    } catch (BuildException e) {
      throw e.without(ErrorDetail.Source.class);
    }
  }

  private FrontendResult outline(BuildFiles.Dockerfile file) throws InterruptedException {
    var conversion = conversions(file).single(Linter.silent(), false);
    var outline = Outline.of(conversion.convert(), conversion.graph());
    return Subrequests.answer(outline.toJson(file.text().data()), outline.text());
  }

  private FrontendResult lint(BuildFiles.Dockerfile file) throws InterruptedException {
    var report = new LintReport(file.text());
    try {
      var lint = new Linter(checks(file), report::add);
      var _ = conversions(file).single(lint, options.target().isEmpty()).convert();
    } catch (BuildException e) {
      report.failed(e);
    }
    return report.answer();
  }

  private FrontendResult explained(BuildFiles.Dockerfile file) throws InterruptedException {
    var graphs = new ArrayList<Explanation.Graph>();
    var conversions = conversions(file);
    for (var platform : options.platforms()) {
      var trace = new ExplanationTrace();
      var _ = conversions.convert(platform, Linter.silent(), trace);
      graphs.add(new Explaining(trace).graph());
    }
    return Explaining.answer(new Explanation(file.text().filename(), graphs));
  }

  private FrontendResult converted(BuildFiles.Dockerfile file) throws InterruptedException {
    var converted = conversions(file).convert(client.buildPlatform(), Linter.silent());
    return Subrequests.converted(Definitions.marshal(converted.stage().tree));
  }

  private FrontendResult build(BuildFiles.Dockerfile file) throws InterruptedException {
    var scanner = scanner();
    var conversions = conversions(file);
    var built = new ArrayList<TaskScope.Task<Built>>();
    try (var scope = TaskScope.open()) {
      for (var platform : options.platforms()) {
        var lint =
            built.isEmpty()
                ? new Linter(checks(file), finding -> warn(file, finding))
                : Linter.silent();
        built.add(scope.fork(() -> build(conversions.convert(platform, lint), platform)));
      }
      scope.join();
    }
    var trees = new LinkedHashMap<String, FrontendClient.Tree>();
    var metadata = new LinkedHashMap<String, byte[]>();
    for (var task : built) {
      var one = task.get();
      trees.put(one.id(), one.tree());
      describe(one, metadata);
    }
    metadata.put(
        "refs.platforms", platforms(built.stream().map(TaskScope.Task::get).toList()).bytes());
    var scans = new LinkedHashMap<String, FrontendClient.Tree>();
    if (scanner.isPresent()) {
      for (var task : built) {
        var one = task.get();
        var scan = scanner.get().scan(one.id(), one.converted().subject());
        scans.put(one.id(), client.solve(Definitions.marshal(Optional.of(scan))));
      }
    }
    return new FrontendResult(trees, options.isMultiPlatform(), metadata, scans, Optional.empty());
  }

  private Optional<SbomScanner> scanner() throws InterruptedException {
    var wanted = AttestationOptions.sbom(options.all());
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of(SbomScanner.find(client, wanted.get(), options.resolveMode()));
  }

  /** What was made for one platform. */
  private record Built(
      Platform platform, FrontendClient.Tree tree, FileConversions.Converted converted) {
    String id() {
      return platform.formatAll();
    }
  }

  private Built build(FileConversions.Converted converted, Platform platform)
      throws InterruptedException {
    var tree = client.solve(Definitions.marshal(converted.stage().tree));
    return new Built(platform, tree, converted);
  }

  private void describe(Built built, Map<String, byte[]> metadata) {
    var suffix = options.isMultiPlatform() ? "/" + built.id() : "";
    var stage = built.converted().stage();
    metadata.put("containerimage.config" + suffix, stage.image.toJson().bytes());
    stage.baseConfig.ifPresent(
        config -> metadata.put("containerimage.base.config" + suffix, config));
    built
        .converted()
        .epoch()
        .ifPresent(epoch ->
            metadata.put("source.date.epoch" + suffix, Json.of(epoch.getEpochSecond()).bytes()));
  }

  private static Json platforms(List<Built> all) {
    var list =
        all.stream()
            .<Json>map(built ->
                Json.object()
                    .put("ID", built.id())
                    .put("Platform", detailed(built).toJson())
                    .build())
            .toList();
    return Json.object().put("Platforms", new Json.Arr(list)).build();
  }

  /** For Windows what the image says counts where the request says nothing. */
  private static Platform detailed(Built built) {
    var asked = built.platform();
    var image = built.converted().stage().image.platform();
    if (!asked.os().equals("windows")) {
      return asked;
    }
    return new Platform(
        asked.os(),
        asked.architecture(),
        asked.variant(),
        asked.osVersion().isEmpty() ? image.osVersion() : asked.osVersion(),
        asked.osFeatures().isEmpty() ? image.osFeatures() : asked.osFeatures());
  }

  private FileConversions conversions(BuildFiles.Dockerfile file) {
    return new FileConversions(client, options, files, file);
  }

  private Checks checks(BuildFiles.Dockerfile file) {
    if (givenChecks.isPresent()) {
      return givenChecks.get();
    }
    var directive = Directives.find(file.text().data(), "check").orElse("");
    try {
      return Checks.parse(directive.split(" ", 2)[0]);
    } catch (BuildException e) {
      throw e.within("failed to parse check options");
    }
  }

  private void warn(BuildFiles.Dockerfile file, Linter.Finding finding) {
    var rule = finding.rule();
    var ranges = finding.ranges();
    var place = ranges.isEmpty() ? "" : " (line %d)".formatted(ranges.getFirst().startLine());
    client.warn(
        new FrontendClient.Warning(
            file.vertex(),
            ATTENTION,
            rule.title() + ": " + finding.text() + place,
            List.of(rule.description()),
            rule.url(),
            file.text(),
            ranges));
  }
}
