package org.jbuildkit.buildx.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.Environment;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.protocol.keys.ExporterKeys;

/**
 * What the command line asks for, as far as it can be told without looking at files or daemons.
 *
 * @param progress the display's mode
 * @param isQuiet whether the image's id is all that is printed
 */
record BuildRequest(
    String context,
    String file,
    SequencedMap<String, String> contexts,
    SequencedMap<String, String> arguments,
    SequencedMap<String, String> labels,
    Attestations attestations,
    List<Output> outputs,
    List<SequencedMap<String, String>> cacheFrom,
    List<SequencedMap<String, String>> cacheTo,
    Call call,
    String progress,
    boolean isQuiet) {

  static BuildRequest parse(Invocation flags, Environment environment) {
    var contexts = NamedContexts.parse(flags.list("build-context"));
    var arguments = KeyValues.arguments(flags.list("build-arg"), environment);
    var labels = KeyValues.labels(flags.list("label"));
    var attestations =
        Attestations.parse(flags.list("attest"), flags.text("provenance"), flags.text("sbom"));
    var outputs = Output.parse(flags.list("output"));
    if (!flags.list("policy").stream().allMatch(String::isEmpty)
        || !environment.variable("EXPERIMENTAL_BUILDKIT_SOURCE_POLICY").isEmpty()) {
      throw BuildException.failed("source policies are not supported by this buildx");
    }
    var quiet = flags.flag("quiet");
    var progress = flags.text("progress");
    if (quiet && !List.of("auto", "quiet", "none").contains(progress)) {
      throw BuildException.failed("progress=" + progress + " and quiet cannot be used together");
    }
    if (!flags.text("iidfile").isEmpty() && outputs.stream().anyMatch(BuildRequest::isFiles)) {
      throw BuildException.failed("local and tar exporters are incompatible with image ID file");
    }
    quiet |= progress.equals("quiet");
    var cacheTo = caches(flags.list("cache-to"));
    if (GoValues.parseBool(arguments.getOrDefault("BUILDKIT_INLINE_CACHE", "")).orElse(false)) {
      var inline = new LinkedHashMap<String, String>();
      inline.put("type", "inline");
      cacheTo.add(inline);
    }
    return new BuildRequest(
        flags.arguments().getFirst(),
        flags.text("file"),
        contexts,
        arguments,
        labels,
        attestations,
        outputs,
        caches(flags.list("cache-from")),
        cacheTo,
        call(flags),
        quiet || progress.equals("none") ? "quiet" : progress,
        quiet);
  }

  private static boolean isFiles(Output output) {
    return output.type().equals(ExporterKeys.TYPE_LOCAL)
        || output.type().equals(ExporterKeys.TYPE_TAR);
  }

  /** The last of the flags that say it counts. */
  private static Call call(Invocation flags) {
    var value = "build";
    for (var name : flags.given()) {
      switch (name) {
        case "call", "print" -> value = flags.text(name);
        case "check" -> value = flags.flag("check") ? "check" : value;
        default -> {}
      }
    }
    return Call.parse(value);
  }

  private static List<SequencedMap<String, String>> caches(List<String> values) {
    var caches = new ArrayList<SequencedMap<String, String>>();
    for (var value : values) {
      if (value.isEmpty()) {
        continue;
      }
      if (value.indexOf('=') < 0) {
        for (var field : CsvFields.parse(value)) {
          var cache = new LinkedHashMap<String, String>();
          cache.put("type", "registry");
          cache.put("ref", field);
          caches.add(cache);
        }
      } else {
        caches.add(cache(value));
      }
    }
    return caches;
  }

  private static SequencedMap<String, String> cache(String value) {
    var cache = new LinkedHashMap<String, String>();
    for (var field : CsvFields.parse(value)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid value " + field);
      }
      cache.put(
          field.substring(0, equals).trim().toLowerCase(Locale.ROOT), field.substring(equals + 1));
    }
    if (!cache.containsKey("type")) {
      throw BuildException.failed("type required for \"" + value + "\"");
    }
    return cache;
  }
}
