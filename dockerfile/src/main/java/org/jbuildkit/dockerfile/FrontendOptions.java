package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.dockerfile.syntax.GoBool;
import org.jbuildkit.oci.Platform;

/**
 * The frontend's options, read once.
 *
 * @param noCache stages whose steps run anew, lower-case; an empty name alone stands for all
 * @param resolveMode how images are looked up: {@code pull}, {@code local}, or empty
 */
record FrontendOptions(
    Map<String, String> all,
    String filename,
    String target,
    List<Platform> platforms,
    boolean isMultiPlatform,
    boolean hasPlatforms,
    Optional<List<String>> noCache,
    String resolveMode,
    String forceNetwork,
    RunLimits limits) {

  FrontendOptions {
    all = Map.copyOf(all);
    platforms = List.copyOf(platforms);
  }

  /**
   * @throws BuildException for values that make no sense
   */
  static FrontendOptions parse(Map<String, String> all, Platform host) {
    var platforms = new ArrayList<Platform>();
    var platformText = all.getOrDefault("platform", "");
    if (!platformText.isEmpty()) {
      for (var item : platformText.split(",", -1)) {
        try {
          platforms.add(Platform.parse(item).normalized());
        } catch (BuildException e) {
          throw e.within("failed to parse target platform " + item);
        }
      }
    }
    boolean given = !platforms.isEmpty();
    if (!given) {
      platforms.add(host);
    }
    return new FrontendOptions(
        all,
        all.getOrDefault("filename", "Dockerfile"),
        all.getOrDefault("target", ""),
        platforms,
        multi(all, platforms.size()),
        given,
        noCache(all),
        resolveMode(all.getOrDefault("image-resolve-mode", "")),
        network(all.getOrDefault("force-network-mode", "")),
        RunLimits.parse(all));
  }

  private static boolean multi(Map<String, String> all, int count) {
    var argument = all.getOrDefault("build-arg:BUILDKIT_MULTI_PLATFORM", "");
    var text = argument.isEmpty() ? all.getOrDefault("multi-platform", "") : argument;
    boolean multi =
        text.isEmpty()
            ? count > 1
            : GoBool.parse(text)
                .orElseThrow(() ->
                    BuildException.invalid("invalid boolean value for multi-platform: " + text));
    if (!multi && count > 1) {
      throw BuildException.invalid(
          "conflicting config: returning multiple target platforms is not allowed");
    }
    return multi;
  }

  private static String resolveMode(String mode) {
    return switch (mode) {
      case "", "default" -> "";
      case "pull", "local" -> mode;
      default -> throw BuildException.invalid("invalid image-resolve-mode: " + mode);
    };
  }

  private static Optional<List<String>> noCache(Map<String, String> all) {
    var text = all.get("no-cache");
    return text == null
        ? Optional.empty()
        : Optional.of(List.of(text.toLowerCase(Locale.ROOT).split(",", -1)));
  }

  private static String network(String mode) {
    return switch (mode) {
      case "", "sandbox" -> "default";
      case "none", "host" -> mode;
      default -> throw BuildException.invalid("invalid netmode " + mode);
    };
  }

  /** Whether contexts are given for names. */
  boolean hasContexts() {
    return all.keySet().stream().anyMatch(key -> key.startsWith("context:"));
  }

  /** Whether the steps of a stage run anew. */
  boolean ignoresCache(Optional<String> stage) {
    return noCache
        .map(names -> names.equals(List.of("")) || names.contains(stage.orElse("")))
        .orElse(false);
  }
}
