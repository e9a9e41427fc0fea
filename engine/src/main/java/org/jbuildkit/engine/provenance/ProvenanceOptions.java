package org.jbuildkit.engine.provenance;

import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.protocol.keys.AttestationOptions;

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
  /**
   * Reads the options of a request.
   *
   * @return nothing if no provenance is asked for
   * @throws BuildException for values that make no sense, and for unknown kinds of attestations
   */
  public static Optional<ProvenanceOptions> of(Map<String, String> options) {
    return Optional.ofNullable(AttestationOptions.parse(options).get(AttestationOptions.PROVENANCE))
        .map(ProvenanceOptions::parse);
  }

  private static ProvenanceOptions parse(Map<String, String> values) {
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
