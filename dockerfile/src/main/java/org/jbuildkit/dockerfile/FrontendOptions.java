package org.jbuildkit.dockerfile;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.Platform;

/**
 * The frontend's options, read once.
 *
 * @param noCache stages whose steps run anew, lower-case; a list with an empty name stands for all
 * @param epoch the time that new things get, if one is set
 */
record FrontendOptions(
    Map<String, String> all,
    String filename,
    String target,
    List<Platform> platforms,
    boolean isMultiPlatform,
    boolean hasPlatforms,
    Optional<List<String>> noCache,
    String forceNetwork,
    RunLimits limits,
    Optional<Instant> epoch) {

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
          platforms.add(Platform.parse(item.trim()).normalized());
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
        network(all.getOrDefault("force-network-mode", "")),
        RunLimits.parse(all),
        epoch(all));
  }

  private static boolean multi(Map<String, String> all, int count) {
    var text =
        all.getOrDefault(
            "build-arg:BUILDKIT_MULTI_PLATFORM", all.getOrDefault("multi-platform", ""));
    boolean multi =
        switch (text) {
          case "" -> count > 1;
          case "1", "t", "T", "true", "TRUE", "True" -> true;
          case "0", "f", "F", "false", "FALSE", "False" -> false;
          default ->
              throw BuildException.invalid("invalid boolean value for multi-platform: " + text);
        };
    if (!multi && count > 1) {
      throw BuildException.invalid(
          "conflicting config: returning multiple target platforms is not allowed");
    }
    return multi;
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

  private static Optional<Instant> epoch(Map<String, String> all) {
    var text = all.getOrDefault("build-arg:SOURCE_DATE_EPOCH", "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN, "invalid SOURCE_DATE_EPOCH: " + text, e);
    }
  }

  /** Whether the steps of a stage run anew. */
  boolean ignoresCache(Optional<String> stage) {
    return noCache
        .map(names -> names.contains("") || stage.map(names::contains).orElse(false))
        .orElse(false);
  }
}
