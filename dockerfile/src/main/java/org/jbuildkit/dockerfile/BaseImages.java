package org.jbuildkit.dockerfile;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.dockerfile.syntax.Suggestion;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * Images that stages start from or copy from: named contexts first, then references. Configs are
 * asked for once however often a conversion is repeated.
 */
final class BaseImages {
  private static final List<String> COMMON =
      Stream.of("alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora")
          .flatMap(name -> Stream.of(name, name + ":latest"))
          .toList();

  private final Map<String, FrontendClient.Image> resolved = new HashMap<>();

  /** An image found: its vertex, made by a function of its name, and its config. */
  private record Found(LlbEdge tree, Optional<byte[]> config) {}

  /** Makes a stage start from the image that its FROM names. */
  void use(BuildScene scene, Stage stage) throws InterruptedException {
    var names = new StepNames(scene);
    var found = context(scene, stage.base, stage.platform, List.of("/"));
    if (found.isEmpty()) {
      found = Optional.of(image(scene, stage, names));
    }
    stage.tree = Optional.of(found.get().tree());
    stage.baseConfig = found.get().config();
    if (stage.baseConfig.isEmpty()) {
      return;
    }
    stage.image = ImageSpec.parse(stage.baseConfig.get());
    stage.basePlatform = stage.image.platform();
    stage.tree = stage.image.isEmptyImage() ? Optional.empty() : Optional.of(found.get().tree());
  }

  /** The tree of an image or named context that an instruction takes from. */
  Optional<LlbEdge> tree(BuildScene scene, Stage user, String from, List<String> paths)
      throws InterruptedException {
    if (from.equalsIgnoreCase("scratch")) {
      return Optional.empty();
    }
    var found = context(scene, from, user.platform, paths);
    if (found.isPresent()) {
      return Optional.of(found.get().tree());
    }
    var reference = normalized(from);
    var image = resolve(scene, reference, user.platform, metadataName(scene, user, reference));
    var pinned = reference + "@" + image.digest();
    var about =
        new Ops.About(
            OpMetadata.newBuilder()
                .putDescription(BuildScene.CUSTOM_NAME, "FROM " + pinned)
                .putDescription(BuildScene.COMMAND, "")
                .build(),
            List.of());
    return Optional.of(source(scene, pinned, user.platform, about));
  }

  private Found image(BuildScene scene, Stage stage, StepNames names) throws InterruptedException {
    var reference = normalized(stage.base);
    FrontendClient.Image image;
    try {
      image = resolve(scene, reference, stage.platform, metadataName(scene, stage, reference));
    } catch (BuildException e) {
      var error = e.within(stage.base);
      var meant = Suggestion.text(stage.base, COMMON);
      throw meant.isEmpty()
          ? error
          : new BuildException(error.code(), BuildException.describe(error) + meant, error);
    }
    var pinned = reference.contains("@") ? reference : reference + "@" + image.digest();
    var name = names.next(stage, "FROM " + pinned, Optional.empty());
    var about =
        scene.about(stage.from.line(), name, Optional.of(stage.from.line().original()), false);
    return new Found(source(scene, pinned, stage.platform, about), Optional.of(image.config()));
  }

  private static String metadataName(BuildScene scene, Stage stage, String reference) {
    var platform = scene.options.isMultiPlatform() ? stage.platform.format() + " " : "";
    return "[" + platform + "internal] load metadata for " + reference;
  }

  private FrontendClient.Image resolve(
      BuildScene scene, String reference, Platform platform, String logName)
      throws InterruptedException {
    var source = source(scene, reference, platform, Ops.About.named(logName));
    return resolve(scene, source, platform, logName, reference + " " + platform);
  }

  private FrontendClient.Image resolve(
      BuildScene scene, LlbEdge source, Platform platform, String logName, String key)
      throws InterruptedException {
    var known = resolved.get(key);
    if (known == null) {
      known = scene.client.resolveImage(source, platform, logName);
      resolved.put(key, known);
    }
    return known;
  }

  private static LlbEdge source(
      BuildScene scene, String reference, Platform platform, Ops.About about) {
    var mode = scene.options.all().getOrDefault("image-resolve-mode", "");
    Map<String, String> attributes =
        switch (mode) {
          case "", "default" -> Map.of();
          case "pull", "local" -> Map.of("image.resolvemode", mode);
          default -> throw BuildException.invalid("invalid image-resolve-mode: " + mode);
        };
    var capabilities =
        mode.equals("pull")
            ? List.of("source.image", "source.image.resolvemode")
            : List.of("source.image");
    return Ops.source(
        "docker-image://" + reference, attributes, Optional.of(platform), capabilities, about);
  }

  /** The reference with its registry and tag. */
  static String normalized(String name) {
    int slash = name.indexOf('/');
    var first = slash < 0 ? "" : name.substring(0, slash);
    boolean hasHost = first.contains(".") || first.contains(":") || first.equals("localhost");
    var full = hasHost ? name : "docker.io/" + (slash < 0 ? "library/" : "") + name;
    var path = full.substring(full.indexOf('/') + 1);
    if (!path.equals(path.toLowerCase(Locale.ROOT)) && !path.contains("@") && !path.contains(":")) {
      throw BuildException.invalid(
          ("failed to parse stage name \"%s\": invalid reference format: repository name (%s) must"
                  + " be lowercase")
              .formatted(name, path));
    }
    boolean hasObject = path.contains("@") || path.contains(":");
    return hasObject ? full : full + ":latest";
  }

  // Named contexts.

  private Optional<Found> context(
      BuildScene scene, String name, Platform platform, List<String> paths)
      throws InterruptedException {
    var familiar = name.replaceFirst("^docker\\.io/(library/)?", "").replaceFirst(":latest$", "");
    var key = familiar + "::" + platform.normalized().format();
    var value = scene.options.all().get("context:" + key);
    if (value == null) {
      key = familiar;
      value = scene.options.all().get("context:" + key);
    }
    if (value == null) {
      return Optional.empty();
    }
    int colon = value.indexOf(':');
    if (colon < 0) {
      throw BuildException.invalid("invalid context specifier %s for %s".formatted(value, key));
    }
    var rest = value.substring(colon + 1).replaceFirst("^//", "");
    return Optional.of(
        switch (value.substring(0, colon)) {
          case "oci-layout" -> layout(scene, key, familiar, rest, platform);
          case "docker-image" -> contextImage(scene, key, rest, platform);
          case "local" -> new Found(LocalContext.load(scene, key, rest, paths), Optional.empty());
          default ->
              throw BuildException.invalid(
                  "unsupported context source %s for %s".formatted(value.substring(0, colon), key));
        });
  }

  private Found layout(
      BuildScene scene, String key, String name, String reference, Platform platform)
      throws InterruptedException {
    int at = reference.indexOf('@');
    if (at <= 0 || Digest.tryParse(reference.substring(at + 1)).isEmpty()) {
      throw BuildException.invalid(
          "oci-layout reference \"%s\" has no %s"
              .formatted(reference, at <= 0 ? "name" : "digest"));
    }
    var digest = reference.substring(at + 1);
    var repository = normalized(name).replaceFirst(":latest$", "");
    var full = repository + "@" + digest;
    var attributes =
        Map.of("oci.session", scene.client.sessionId(), "oci.store", reference.substring(0, at));
    var about = Ops.About.named("[context " + key + "] OCI load from client");
    var source =
        Ops.source(
            "oci-layout://" + full,
            attributes,
            Optional.of(platform),
            List.of("source.ocilayout"),
            about);
    var logName = "[context %s] load metadata for %s".formatted(key, full);
    var image = resolve(scene, source, platform, logName, "layout " + full + " " + platform);
    return new Found(source, Optional.of(image.config()));
  }

  private Found contextImage(BuildScene scene, String key, String reference, Platform platform)
      throws InterruptedException {
    var full = normalized(reference);
    var about = Ops.About.named("[context " + key + "] " + reference);
    var source = source(scene, full, platform, about);
    var logName = "[context %s] load metadata for %s".formatted(key, reference);
    var image = resolve(scene, source, platform, logName, full + " " + platform);
    return new Found(source, Optional.of(image.config()));
  }
}
