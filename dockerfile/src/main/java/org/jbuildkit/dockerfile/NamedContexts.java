package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.llb.DefinitionReader;
import org.jbuildkit.llb.GitReference;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.Platform;

/** Contexts that the user gave for names: they stand in for stages and images of those names. */
final class NamedContexts {
  private final ImageConfigs configs;

  NamedContexts(ImageConfigs configs) {
    this.configs = configs;
  }

  /**
   * A context given for a name.
   *
   * @param key the option that gave it, without its prefix
   * @param familiar the name as people write it
   * @param value what it is, with a scheme
   */
  record Named(String key, String familiar, String value) {}

  /** What a context is: its tree, nothing for the empty one, and the image config if it has one. */
  record Found(Optional<LlbEdge> tree, Optional<byte[]> config) {
    static Found of(LlbEdge tree) {
      return new Found(Optional.of(tree), Optional.empty());
    }
  }

  /**
   * The context given for a name, for a platform first.
   *
   * @throws BuildException {@code invalid context name …} if the name is no image reference
   */
  static Optional<Named> find(BuildScene scene, String name, Platform platform) {
    var lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("scratch") || lower.equals("context")) {
      return Optional.empty();
    }
    String familiar;
    try {
      familiar = ImageReference.parse(name).familiar().replaceFirst(":latest$", "");
    } catch (BuildException e) {
      throw e.within("invalid context name " + name);
    }
    for (var key : List.of(familiar + "::" + platform.normalized().formatAll(), familiar)) {
      var value = scene.options.all().get("context:" + key);
      if (value != null) {
        return Optional.of(new Named(key, familiar, value));
      }
    }
    return Optional.empty();
  }

  /**
   * Makes a context's vertices.
   *
   * @param paths what is used of it, absolute and clean
   */
  Found load(BuildScene scene, Named named, Platform platform, List<String> paths)
      throws InterruptedException {
    var value = named.value();
    int colon = value.indexOf(':');
    if (colon < 0) {
      throw BuildException.invalid(
          "invalid context specifier %s for %s".formatted(value, named.key()));
    }
    var rest = value.substring(colon + 1).replaceFirst("^//", "");
    var scheme = value.substring(0, colon);
    return switch (scheme) {
      case "git" -> Found.of(git(scene, value));
      case "http", "https" ->
          Found.of(GitReference.parse(value).isPresent() ? git(scene, value) : web(named));
      case "oci-layout" -> layout(scene, named, rest, platform);
      case "docker-image" -> image(named, rest, platform);
      case "local" -> Found.of(LocalContext.load(scene, named.key(), rest, paths));
      case "input" -> input(scene, named, rest);
      default -> {
        if (scheme.startsWith("git@")) {
          yield Found.of(git(scene, value));
        }
        throw BuildException.invalid(
            "unsupported context source %s for %s".formatted(scheme, named.key()));
      }
    };
  }

  private static Found input(BuildScene scene, Named named, String name) {
    var definition = scene.client.inputs().get(name);
    if (definition == null) {
      throw BuildException.invalid("invalid input %s for %s".formatted(name, named.key()));
    }
    var config =
        Optional.ofNullable(scene.options.all().get("input-metadata:" + name))
            .flatMap(text -> imageConfig(name, text));
    if (config.isPresent()) {
      try {
        var _ = ImageSpec.parse(config.get());
      } catch (IllegalArgumentException e) {
        throw BuildException.invalid(
            "failed to parse image config for %s: %s"
                .formatted(named.key(), BuildException.describe(e)));
      }
    }
    return new Found(DefinitionReader.result(definition), config);
  }

  /** The image config in an input's metadata: an object of values in Base64. */
  private static Optional<byte[]> imageConfig(String name, String text) {
    try {
      var encoded = Json.parseObject(text.getBytes(UTF_8)).text("containerimage.config");
      return encoded.isEmpty()
          ? Optional.empty()
          : Optional.of(Base64.getDecoder().decode(encoded));
    } catch (IllegalArgumentException e) {
      throw BuildException.invalid(
          "failed to parse input metadata %s: %s".formatted(name, BuildException.describe(e)));
    }
  }

  private static LlbEdge git(BuildScene scene, String value) {
    var git =
        GitReference.parse(value)
            .orElseThrow(
                () -> BuildException.invalid("invalid git context " + UserInfo.maskedIn(value)));
    boolean isDated =
        !scene.options.all().getOrDefault("build-arg:SOURCE_DATE_EPOCH", "").isEmpty();
    var mtime = git.mtime().isEmpty() && isDated ? "commit" : git.mtime();
    return GitSource.of(
        scene.client,
        git,
        git.keepGitDir().orElse(false),
        git.checksum(),
        mtime,
        Ops.About.named("[internal] load git source " + value));
  }

  /** A file on a server, which is called {@code context}. */
  private static LlbEdge web(Named named) {
    return Ops.source(
        named.value(),
        Map.of("http.filename", "context"),
        Optional.empty(),
        List.of("source.http"),
        Ops.About.named("[context %s] %s".formatted(named.key(), named.value())));
  }

  private Found layout(BuildScene scene, Named named, String reference, Platform platform)
      throws InterruptedException {
    int at = reference.indexOf('@');
    if (at <= 0) {
      throw BuildException.invalid(
          "oci-layout reference %s has no %s"
              .formatted(GoQuote.quote(reference), at == 0 ? "name" : "digest"));
    }
    try {
      var _ = Digest.parse(reference.substring(at + 1));
    } catch (IllegalArgumentException e) {
      throw BuildException.invalid(
          "could not parse oci-layout reference %s: %s"
              .formatted(GoQuote.quote(reference), BuildException.describe(e)));
    }
    var digest = reference.substring(at + 1);
    var repository = ImageReference.parse(named.familiar()).repository();
    var full = repository + "@" + digest;
    var attributes =
        Map.of("oci.session", scene.client.sessionId(), "oci.store", store(reference, at));
    var about = Ops.About.named("[context " + named.key() + "] OCI load from client");
    var source =
        Ops.source(
            "oci-layout://" + full,
            attributes,
            Optional.of(platform),
            List.of("source.ocilayout"),
            about);
    var logName = "[context %s] load metadata for %s".formatted(named.key(), full);
    var image = configs.resolve(source, platform, logName, "layout " + full);
    return new Found(Optional.of(source), Optional.of(image.config()));
  }

  /** The name in a reference, without the tag that some clients give with it. */
  private static String store(String reference, int end) {
    int colon = reference.lastIndexOf(':', end);
    return reference.substring(0, colon > reference.lastIndexOf('/', end) ? colon : end);
  }

  private Found image(Named named, String reference, Platform platform)
      throws InterruptedException {
    if (reference.equals("scratch")) {
      return new Found(Optional.empty(), Optional.empty());
    }
    var full = ImageReference.parse(reference).withDefaultTag().toString();
    var about = Ops.About.named("[context " + named.key() + "] " + reference);
    var source = configs.source(full, platform, about);
    var logName = "[context %s] load metadata for %s".formatted(named.key(), reference);
    var image = configs.resolve(source, platform, logName, full);
    return new Found(Optional.of(source), Optional.of(image.config()));
  }
}
