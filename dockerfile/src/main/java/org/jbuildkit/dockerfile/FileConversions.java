package org.jbuildkit.dockerfile;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Shared;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.ParsedFile;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.oci.Platform;

/** Conversions of one file, which share what is read for them. For several threads. */
final class FileConversions {
  private final FrontendClient client;
  private final FrontendOptions options;
  private final BuildFiles files;
  private final BuildFiles.Dockerfile file;
  private final ImageConfigs configs;

  /** What the context leaves out: read when a conversion first needs it. */
  private final Shared<List<String>> ignored;

  FileConversions(
      FrontendClient client,
      FrontendOptions options,
      BuildFiles files,
      BuildFiles.Dockerfile file) {
    this.client = client;
    this.options = options;
    this.files = files;
    this.file = file;
    this.configs = new ImageConfigs(client, options.resolveMode());
    this.ignored = new Shared<>("ignore file", () -> files.ignored(file));
  }

  /**
   * A target stage, and the time that its new things have.
   *
   * @param subject what a scan of it looks at
   */
  record Converted(Stage stage, Optional<Instant> epoch, SbomScanner.Subject subject) {}

  /** A conversion for the platform that builds run on, which is all that requests are about. */
  Conversion single(Linter lint, boolean allStages) {
    return new Conversion(
        scene(client.buildPlatform(), Optional.empty(), lint, allStages), configs);
  }

  /** Converts twice if only some paths are used, since these are part of a context's vertex. */
  Converted convert(Platform platform, Linter lint) throws InterruptedException {
    return convert(platform, lint, StepTrace.NONE);
  }

  /**
   * @param trace is told of both conversions, of which the last one counts
   */
  Converted convert(Platform platform, Linter lint, StepTrace trace) throws InterruptedException {
    var first = scene(platform, Optional.empty(), lint, false);
    first.trace = trace;
    var conversion = new Conversion(first, configs);
    var target = conversion.convert();
    if (first.hasEmptyCommand) {
      throw BuildException.invalid("failed to marshal LLB definition: arguments are required");
    }
    var paths = followPaths(first);
    if (paths.isEmpty() && !options.hasContexts()) {
      return new Converted(target, first.epoch, conversion.subject(target));
    }
    var second = scene(platform, paths, Linter.silent(), false);
    second.knownPaths = first.stagePaths;
    second.trace = trace;
    var again = new Conversion(second, configs);
    var found = again.convert();
    return new Converted(found, second.epoch, again.subject(found));
  }

  /**
   * @param paths what is used of the context; nothing if all is
   */
  private BuildScene scene(
      Platform platform, Optional<List<String>> paths, Linter lint, boolean allStages) {
    var input = new BuildScene.Input(file.text(), parse(), allStages);
    return new BuildScene(options, client, input, platform, () -> context(paths), lint);
  }

  private BuildScene.Context context(Optional<List<String>> paths) throws InterruptedException {
    var patterns = ignored.await();
    var matcher =
        patterns.isEmpty()
            ? Optional.<PatternMatcher>empty()
            : Optional.of(PatternMatcher.of(patterns));
    return new BuildScene.Context(files.context(patterns, paths), matcher);
  }

  private ParsedFile parse() {
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
