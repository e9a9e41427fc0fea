package org.jbuildkit.daemon;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.Json;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.exporters.image.ResultPlatform;
import org.jbuildkit.oci.Platform;

/**
 * What a client asked a frontend for, as far as the result shows whether it was done.
 *
 * @param platforms as they were written
 */
record RequestedPlatforms(List<String> platforms, Map<String, String> labels, String request) {
  /** The result metadata under which the request is noted. */
  static final String KEY = "verifier.requestopts";

  private static final String LABEL = "label:";

  RequestedPlatforms {
    platforms = List.copyOf(platforms);
    labels = new TreeMap<>(labels);
  }

  static RequestedPlatforms of(Map<String, String> options) {
    var platforms = options.getOrDefault("platform", "");
    var labels = new TreeMap<String, String>();
    options.forEach((key, value) -> {
      if (key.startsWith(LABEL)) {
        labels.put(key.substring(LABEL.length()), value);
      }
    });
    return new RequestedPlatforms(
        platforms.isEmpty() ? List.of(Platform.host().format()) : List.of(platforms.split(",", -1)),
        labels,
        options.getOrDefault("requestid", ""));
  }

  /** The note: compact JSON. */
  String note() {
    var names = new ArrayList<Json>();
    platforms.forEach(platform -> names.add(new Json.Str(platform)));
    var texts = Json.object();
    labels.forEach(texts::put);
    return Json.object()
        .put("Platforms", new Json.Arr(names))
        .put("Labels", texts.build())
        .put("Request", request)
        .build()
        .write();
  }

  /**
   * What of the result is not as it was asked for, in words.
   *
   * @throws BuildException if it cannot be told which platforms a result is for
   */
  List<String> mismatches(BuildResult result) {
    var listed = result.metadata("refs.platforms", Optional.empty());
    if (listed.isEmpty() && !result.byPlatform().isEmpty()) {
      throw BuildException.failed("build result contains multiple refs without platforms mapping");
    }
    if (listed.isEmpty() && result.single().isEmpty()) {
      return List.of();
    }
    var config = result.metadata("containerimage.config", Optional.empty());
    var made = ResultPlatform.of(listed, config).stream().map(ResultPlatform::platform).toList();
    var wanted = new ArrayList<Platform>();
    var problems = parse(wanted);
    return problems.isEmpty() ? compare(wanted, made, !result.byPlatform().isEmpty()) : problems;
  }

  private List<String> parse(List<Platform> wanted) {
    var problems = new ArrayList<String>();
    var seen = new HashSet<String>();
    for (var text : platforms) {
      try {
        var platform = Platform.parse(text).normalized();
        if (seen.add(platform.formatAll())) {
          wanted.add(platform);
        } else {
          problems.add("Duplicate platform result requested " + GoQuote.quote(text));
        }
      } catch (BuildException e) {
        problems.add(
            "Invalid platform result requested %s: %s"
                .formatted(GoQuote.quote(text), BuildException.describe(e)));
      }
    }
    return problems;
  }

  private static List<String> compare(
      List<Platform> wanted, List<Platform> made, boolean hasSeveral) {
    if (wanted.size() == 1 && made.size() == 1) {
      return compare(wanted.getFirst(), made.getFirst());
    }
    if (wanted.size() > 1 && !hasSeveral) {
      return List.of("Multiple platforms requested but result is not multi-platform");
    }
    var asked = names(wanted);
    var got = names(made);
    return asked.equals(got)
        ? List.of()
        : List.of(
            "Requested platforms %s do not match result platforms %s"
                .formatted(String.join(",", asked), String.join(",", got)));
  }

  private static List<String> compare(Platform wanted, Platform made) {
    var plain =
        wanted.osVersion().isEmpty()
            ? new Platform(made.os(), made.architecture(), made.variant(), "", made.osFeatures())
            : made;
    if (wanted.formatAll().equals(plain.formatAll())) {
      return List.of();
    }
    return List.of(
        "Requested platform %s does not match result platform %s"
            .formatted(GoQuote.quote(wanted.formatAll()), GoQuote.quote(made.formatAll())));
  }

  private static List<String> names(List<Platform> platforms) {
    return platforms.stream().map(Platform::formatAll).sorted().toList();
  }

  /** The result with the note among its metadata. */
  BuildResult noted(BuildResult result) {
    var metadata = new java.util.LinkedHashMap<>(result.metadata());
    metadata.put(KEY, note().getBytes(StandardCharsets.UTF_8));
    return result.withMetadata(metadata);
  }
}
