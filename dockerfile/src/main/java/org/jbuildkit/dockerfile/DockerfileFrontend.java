package org.jbuildkit.dockerfile;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.dockerfile.lint.Checks;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.syntax.Directives;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.ParsedFile;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.oci.Platform;

/** Builds a Dockerfile: reads it from the session, converts it, and asks for the trees. */
public final class DockerfileFrontend {
  private static final String CHECKS = "build-arg:BUILDKIT_DOCKERFILE_CHECK";
  private static final int ATTENTION = 1;

  private final FrontendClient client;
  private final FrontendOptions options;
  private final BuildFiles files;
  private final ImageConfigs configs;
  private final Optional<Checks> givenChecks;
  private final Optional<BuildException> missing;

  private DockerfileFrontend(FrontendClient client) throws InterruptedException {
    this.client = client;
    this.missing = RequestGate.check(client.options());
    this.options = FrontendOptions.parse(client.options(), client.buildPlatform());
    this.configs = new ImageConfigs(client, options.resolveMode());
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
        case Subrequests.CONVERT -> converted(file);
        default -> throw Subrequests.unknown(request);
      };
    } catch (BuildException e) {
      throw e.without(ErrorDetail.Source.class);
    }
  }

  private FrontendResult outline(BuildFiles.Dockerfile file) throws InterruptedException {
    var conversion = conversion(file, files.ignored(file), Linter.silent(), false);
    var outline = Outline.of(conversion.convert(), conversion.graph());
    return Subrequests.answer(outline.toJson(file.text().data()), outline.text());
  }

  private FrontendResult lint(BuildFiles.Dockerfile file) throws InterruptedException {
    var report = new LintReport(file.text());
    try {
      var lint = new Linter(checks(file), report::add);
      conversion(file, files.ignored(file), lint, options.target().isEmpty()).convert();
    } catch (BuildException e) {
      report.failed(e);
    }
    return report.answer();
  }

  private FrontendResult converted(BuildFiles.Dockerfile file) throws InterruptedException {
    var converted = convert(file, client.buildPlatform(), files.ignored(file), Linter.silent());
    return Subrequests.converted(Definitions.marshal(converted.stage().tree));
  }

  /** A conversion for the platform that builds run on, which is all that requests are about. */
  private Conversion conversion(
      BuildFiles.Dockerfile file, List<String> ignored, Linter lint, boolean allStages) {
    var input = input(file, ignored, allStages);
    var context = files.context(ignored, Optional.empty());
    var scene = new BuildScene(options, client, input, client.buildPlatform(), context, lint);
    return new Conversion(scene, configs);
  }

  private FrontendResult build(BuildFiles.Dockerfile file) throws InterruptedException {
    var ignored = files.ignored(file);
    var trees = new LinkedHashMap<String, FrontendClient.Tree>();
    var metadata = new LinkedHashMap<String, byte[]>();
    boolean isFirst = true;
    for (var platform : options.platforms()) {
      var lint =
          isFirst ? new Linter(checks(file), finding -> warn(file, finding)) : Linter.silent();
      isFirst = false;
      var converted = convert(file, platform, ignored, lint);
      var stage = converted.stage();
      var id = platform.formatAll();
      var suffix = options.isMultiPlatform() ? "/" + id : "";
      trees.put(id, client.solve(Definitions.marshal(stage.tree)));
      metadata.put("containerimage.config" + suffix, stage.image.toJson().bytes());
      stage.baseConfig.ifPresent(
          config -> metadata.put("containerimage.base.config" + suffix, config));
      converted
          .epoch()
          .ifPresent(epoch ->
              metadata.put("source.date.epoch" + suffix, Json.of(epoch.getEpochSecond()).bytes()));
    }
    metadata.put("refs.platforms", platforms().bytes());
    return new FrontendResult(trees, options.isMultiPlatform(), metadata);
  }

  private Json platforms() {
    var list =
        options.platforms().stream()
            .<Json>map(platform ->
                Json.object()
                    .put("ID", platform.formatAll())
                    .put("Platform", platform.toJson())
                    .build())
            .toList();
    return Json.object().put("Platforms", new Json.Arr(list)).build();
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

  /** Converts twice, since the paths that are used are part of the context's vertex. */
  private Converted convert(
      BuildFiles.Dockerfile file, Platform platform, List<String> ignored, Linter lint)
      throws InterruptedException {
    var input = input(file, ignored, false);
    var whole = files.context(ignored, Optional.empty());
    var first = new BuildScene(options, client, input, platform, whole, lint);
    new Conversion(first, configs).convert();
    if (first.hasEmptyCommand) {
      throw BuildException.invalid("failed to marshal LLB definition: arguments are required");
    }
    var used = files.context(ignored, followPaths(first));
    var second = new BuildScene(options, client, input, platform, used, Linter.silent());
    second.knownPaths = first.stagePaths;
    return new Converted(new Conversion(second, configs).convert(), second.epoch);
  }

  /** A target stage, and the time that its new things have. */
  private record Converted(Stage stage, Optional<Instant> epoch) {}

  private static BuildScene.Input input(
      BuildFiles.Dockerfile file, List<String> ignored, boolean allStages) {
    var matcher =
        ignored.isEmpty()
            ? Optional.<PatternMatcher>empty()
            : Optional.of(PatternMatcher.of(ignored));
    return new BuildScene.Input(file.text(), parse(file), matcher, allStages);
  }

  private static ParsedFile parse(BuildFiles.Dockerfile file) {
    try {
      return DockerfileParser.parse(file.text().data());
    } catch (SyntaxException e) {
      throw new Places(file.text()).syntax(e);
    }
  }

  /** The paths used of the context; nothing if all of it is. */
  private static Optional<List<String>> followPaths(BuildScene scene) {
    if (scene.contextPaths.contains("/")) {
      return Optional.empty();
    }
    var paths = scene.contextPaths.stream().map(path -> path.substring(1)).sorted().toList();
    return paths.isEmpty() ? Optional.empty() : Optional.of(paths);
  }
}
