package org.jbuildkit.engine.provenance;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.GoQuote;

/**
 * What a client wants to be stated of where a result comes from.
 *
 * @param isV1 whether in the form of SLSA v1; else of v0.2
 * @param isInlineOnly whether only in results that can hold statements themselves
 * @param path of the statement where it is a file
 * @param requiresComplete whether the build fails if not all materials are known
 * @param tellsUsage whether it tells what the build used of the machine
 */
public record ProvenanceOptions(
    boolean isV1,
    boolean isMax,
    String builderId,
    boolean isReproducible,
    boolean isInlineOnly,
    String path,
    boolean requiresComplete,
    boolean tellsUsage) {
  private static final String ATTEST = "attest:";
  private static final String ARGUMENT = "build-arg:BUILDKIT_ATTEST_";
  private static final String PROVENANCE = "provenance";

  /**
   * Reads the options of a request.
   *
   * @return nothing if no provenance is asked for
   * @throws BuildException for values that make no sense, and for kinds of attestations that this
   *     daemon cannot make
   */
  public static Optional<ProvenanceOptions> of(Map<String, String> options) {
    var wanted = new TreeMap<String, String>();
    options.forEach((key, value) -> {
      if (key.startsWith(ARGUMENT)) {
        wanted.put(key.substring(ARGUMENT.length()).toLowerCase(Locale.ROOT), value);
      }
    });
    options.forEach((key, value) -> {
      if (key.startsWith(ATTEST)) {
        wanted.put(key.substring(ATTEST.length()).toLowerCase(Locale.ROOT), value);
      }
    });
    for (var type : wanted.keySet()) {
      if (type.equals("sbom")) {
        throw new BuildException(
            ErrorCode.UNIMPLEMENTED, "sbom attestations are not supported by this daemon");
      }
      if (!type.equals(PROVENANCE)) {
        throw BuildException.failed("unknown attestation type " + GoQuote.quote(type));
      }
    }
    return Optional.ofNullable(wanted.get(PROVENANCE)).map(ProvenanceOptions::parse);
  }

  private static ProvenanceOptions parse(String text) {
    var values = values(text);
    return new ProvenanceOptions(
        isV1(values.getOrDefault("version", "v1")),
        isMax(values.getOrDefault("mode", "max")),
        values.getOrDefault("builder-id", ""),
        required(values, "reproducible"),
        bool(values.getOrDefault("inline-only", "")).orElse(false),
        path(values.getOrDefault("filename", "provenance.json")),
        required(values, "complete-materials"),
        bool(values.getOrDefault("capture-usage", "")).orElse(false));
  }

  private static Map<String, String> values(String text) {
    var values = new LinkedHashMap<String, String>();
    try {
      for (var field : text.isEmpty() ? java.util.List.<String>of() : CsvRecord.parse(text)) {
        int equals = field.indexOf('=');
        values.put(
            equals < 0 ? field : field.substring(0, equals),
            equals < 0 ? "" : field.substring(equals + 1));
      }
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse " + PROVENANCE, e);
    }
    return values;
  }

  private static boolean isV1(String version) {
    return switch (version) {
      case "v1" -> true;
      case "v0.2" -> false;
      case "" -> throw BuildException.failed("provenance SLSA version cannot be empty");
      default -> throw BuildException.failed("invalid provenance SLSA version: " + version);
    };
  }

  private static boolean isMax(String mode) {
    return switch (mode) {
      case "max", "full" -> true;
      case "min" -> false;
      default -> throw BuildException.failed("invalid mode " + GoQuote.quote(mode));
    };
  }

  private static String path(String filename) {
    if (filename.isEmpty()) {
      throw BuildException.failed("attestation does not have set path");
    }
    return filename;
  }

  private static boolean required(Map<String, String> values, String name) {
    var text = values.get(name);
    if (text == null) {
      return false;
    }
    return bool(text)
        .orElseThrow(() ->
            BuildException.failed(
                "failed to parse %s flag %s: strconv.ParseBool: parsing %s: invalid syntax"
                    .formatted(name, GoQuote.quote(text), GoQuote.quote(text))));
  }

  private static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> Optional.of(true);
      case "0", "f", "F", "FALSE", "false", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** The name of the statement's form. */
  public String predicateType() {
    return isV1 ? "https://slsa.dev/provenance/v1" : "https://slsa.dev/provenance/v0.2";
  }
}
