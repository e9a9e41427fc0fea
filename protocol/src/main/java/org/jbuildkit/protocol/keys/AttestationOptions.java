package org.jbuildkit.protocol.keys;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.GoQuote;

/** What a request wants to be attested of its result, by {@code attest:TYPE} and by build args. */
public final class AttestationOptions {
  public static final String SBOM = "sbom";

  public static final String PROVENANCE = "provenance";

  private static final String ATTEST = "attest:";
  private static final String ARGUMENT = "build-arg:BUILDKIT_ATTEST_";
  private static final String GENERATOR = "generator";
  private static final String DEFAULT_GENERATOR = "docker/buildkit-syft-scanner:stable-1";

  private AttestationOptions() {}

  /**
   * Reads the options of a request.
   *
   * @return by type, the values given
   * @throws BuildException {@code unknown attestation type "TYPE"}, {@code failed to parse TYPE}
   */
  public static SequencedMap<String, SequencedMap<String, String>> parse(
      Map<String, String> options) {
    var wanted = new TreeMap<String, String>();
    for (var prefix : List.of(ARGUMENT, ATTEST)) {
      options.forEach((key, value) -> {
        if (key.startsWith(prefix)) {
          wanted.put(key.substring(prefix.length()).toLowerCase(Locale.ROOT), value);
        }
      });
    }
    var parsed = new LinkedHashMap<String, SequencedMap<String, String>>();
    wanted.forEach((type, text) -> {
      if (!type.equals(SBOM) && !type.equals(PROVENANCE)) {
        throw BuildException.failed("unknown attestation type " + GoQuote.quote(type));
      }
      parsed.put(type, values(type, text));
    });
    return parsed;
  }

  private static SequencedMap<String, String> values(String type, String text) {
    var values = new LinkedHashMap<String, String>();
    try {
      for (var field : text.isEmpty() ? List.<String>of() : CsvRecord.parse(text)) {
        int equals = field.indexOf('=');
        values.put(
            equals < 0 ? field : field.substring(0, equals),
            equals < 0 ? "" : field.substring(equals + 1));
      }
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse " + type, e);
    }
    return values;
  }

  /**
   * What a list of a result's software is to be made with.
   *
   * @param generator image of the program that makes it; may be empty
   * @param parameters of the program, in the order of their names
   */
  public record Sbom(String generator, SequencedMap<String, String> parameters) {}

  /** The list of software that a request wants. */
  public static Optional<Sbom> sbom(Map<String, String> options) {
    return Optional.ofNullable(parse(options).get(SBOM))
        .map(values -> {
          var parameters = new TreeMap<>(values);
          parameters.remove(GENERATOR);
          return new Sbom(values.getOrDefault(GENERATOR, DEFAULT_GENERATOR), parameters);
        });
  }
}
