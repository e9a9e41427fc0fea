package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.dockerfile.lint.Rule;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Suggestion;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.llb.SourceLocation;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.OpMetadata;

/** Images that stages start from or copy from: named contexts first, then references. */
final class BaseImages {
  /** The forms without a slash after {@code library} are as upstream has them. */
  private static final List<String> COMMON =
      Stream.of("alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora")
          .flatMap(name ->
              Stream.of(
                  name,
                  "docker.io/library" + name,
                  name + ":latest",
                  "docker.io/library" + name + ":latest"))
          .toList();

  private final ImageConfigs configs;
  private final NamedContexts contexts;

  BaseImages(ImageConfigs configs) {
    this.configs = configs;
    this.contexts = new NamedContexts(configs);
  }

  /** Asks for the configs of images all at once; what fails fails again when it is used. */
  void fetch(BuildScene scene, List<Wanted> images) throws InterruptedException {
    try (var scope = TaskScope.open()) {
      for (var image : images) {
        scope.fork(() -> {
          try {
            var reference = parse(image.name());
            var name = reference.toString();
            if (NamedContexts.find(scene, name, image.platform()).isEmpty()) {
              var _ = resolve(scene, reference, image.platform());
            }
          } catch (BuildException _) {
            // Told with its place by whoever needs the image.
          }
          return 0;
        });
      }
      scope.join();
    }
  }

  /** An image that will be needed. */
  record Wanted(String name, Platform platform) {}

  /** Makes a stage be the context that was given for its name; its instructions do not count. */
  void replace(BuildScene scene, Stage stage, NamedContexts.Named named)
      throws InterruptedException {
    var found = contexts.load(scene, named, stage.platform, paths(scene, stage));
    stage.tree = found.tree();
    stage.treePlatform = Optional.of(stage.platform);
    stage.isDispatched = true;
    found
        .config()
        .ifPresent(config -> {
          stage.image = ImageSpec.parse(config);
          var made = stage.image.platform();
          if (!made.os().isEmpty() && !made.architecture().isEmpty()) {
            stage.platform = made;
          }
        });
  }

  /** What is used of a stage's base, as the first conversion found; all of it until then. */
  private static List<String> paths(BuildScene scene, Stage stage) {
    var known = scene.knownPaths.get(stage.index);
    return known == null ? List.of("/") : List.copyOf(known);
  }

  /**
   * Makes a stage start from the image that its FROM names.
   *
   * @param others names of stages, which may have been meant
   */
  void use(BuildScene scene, Stage stage, Supplier<List<String>> others)
      throws InterruptedException {
    var reference = parse(stage.base);
    var named = NamedContexts.find(scene, reference.toString(), stage.platform);
    if (named.isPresent()) {
      var found = contexts.load(scene, named.get(), stage.platform, paths(scene, stage));
      stage.tree = found.tree();
      stage.treePlatform = Optional.of(stage.platform);
      stage.baseConfig =
          Optional.of(
              found.config().orElseGet(() -> ImageSpec.empty(stage.platform).toJson().bytes()));
      stage.baseConfig.ifPresent(config -> stage.image = ImageSpec.parse(config));
      return;
    }
    var image = resolve(scene, stage, reference, others);
    stage.baseConfig = Optional.of(image.config());
    stage.image = ImageSpec.parse(image.config());
    boolean isImplicit = !stage.hasPlatform && !scene.options.hasPlatforms();
    if (isImplicit) {
      stage.platform = detected(scene, stage);
    }
    if (stage.image.isEmptyImage()) {
      return;
    }
    stage.tree = Optional.of(source(scene, stage, pinned(reference, image)));
    stage.treePlatform = Optional.of(stage.platform);
    comparePlatform(scene, stage);
  }

  /** The platform that the image is for, if it can be built for here. */
  private static Platform detected(BuildScene scene, Stage stage) {
    var made = stage.image.platform();
    return Stream.of(stage.platform, scene.client.buildPlatform())
        .filter(p -> p.os().equals(made.os()) && p.architecture().equals(made.architecture()))
        .findFirst()
        .orElse(stage.platform);
  }

  private static void comparePlatform(BuildScene scene, Stage stage) {
    var made = stage.image.platform();
    var wanted = stage.platform;
    if (!made.os().equals(wanted.os()) || !made.architecture().equals(wanted.architecture())) {
      scene.lint.report(
          Rule.INVALID_BASE_IMAGE_PLATFORM,
          stage.from.line().ranges(),
          stage.base,
          made.normalized().formatAll(),
          wanted.normalized().formatAll());
    }
  }

  /** The reference that a FROM or a {@code --from} names, with a tag or digest. */
  static ImageReference parse(String name) {
    try {
      return ImageReference.parse(name).withDefaultTag();
    } catch (BuildException e) {
      throw FromConversion.noImage(name, e);
    }
  }

  /**
   * Finds an image that an instruction takes from.
   *
   * @param others names of stages, which may have been meant; none if nothing is to be suggested
   */
  void check(BuildScene scene, String name, Supplier<List<String>> others)
      throws InterruptedException {
    var reference = parse(name);
    if (NamedContexts.find(scene, reference.toString(), scene.target).isEmpty()) {
      try {
        var _ = resolve(scene, reference, scene.target);
      } catch (BuildException e) {
        throw meant(e.within(name), name, others);
      }
    }
  }

  private static BuildException meant(
      BuildException error, String name, Supplier<List<String>> others) {
    var candidates = new ArrayList<>(others.get());
    if (candidates.isEmpty()) {
      return error;
    }
    candidates.addAll(COMMON);
    return error.followedBy(Suggestion.text(name, candidates));
  }

  /** The tree of an image or named context that an instruction takes from. */
  Optional<LlbEdge> tree(BuildScene scene, Optional<Line> place, String from, List<String> paths)
      throws InterruptedException {
    if (from.equals("scratch")) {
      return Optional.empty();
    }
    var reference = parse(from);
    var platform = scene.target;
    var named = NamedContexts.find(scene, reference.toString(), platform);
    if (named.isPresent()) {
      return contexts.load(scene, named.get(), platform, paths).tree();
    }
    var image = resolve(scene, reference, platform);
    var pinned = pinned(reference, image).toString();
    var about =
        new Ops.About(
            OpMetadata.newBuilder()
                .putDescription(BuildScene.CUSTOM_NAME, "FROM " + pinned)
                .putDescription(BuildScene.COMMAND, "")
                .build(),
            List.of(
                place
                    .map(scene::location)
                    .orElseGet(() -> new SourceLocation(scene.text, List.of()))));
    var source = configs.source(pinned, platform, about);
    return ImageSpec.parse(image.config()).isEmptyImage() ? Optional.empty() : Optional.of(source);
  }

  private static ImageReference pinned(ImageReference reference, FrontendClient.Image image) {
    return image.replacement().map(BaseImages::parse).orElse(reference).withDigest(image.digest());
  }

  private FrontendClient.Image resolve(
      BuildScene scene, Stage stage, ImageReference reference, Supplier<List<String>> others)
      throws InterruptedException {
    try {
      return resolve(scene, reference, stage.platform);
    } catch (BuildException e) {
      throw meant(e.within(stage.base), stage.base, others);
    }
  }

  private LlbEdge source(BuildScene scene, Stage stage, ImageReference pinned) {
    var line = stage.from.line();
    var name =
        new StepNames(scene).next(stage, "FROM " + pinned, Optional.of(stage.platform), Map.of());
    var about = scene.about(line, name, Optional.of(line.original()), false);
    return configs.source(pinned.toString(), stage.platform, about);
  }

  private FrontendClient.Image resolve(
      BuildScene scene, ImageReference reference, Platform platform) throws InterruptedException {
    var prefix = scene.options.isMultiPlatform() ? platform.formatAll() + " " : "";
    var logName = "[" + prefix + "internal] load metadata for " + reference;
    var source = configs.source(reference.toString(), platform, Ops.About.named(logName));
    return configs.resolve(source, platform, logName, reference.toString());
  }
}
