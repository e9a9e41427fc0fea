package org.jbuildkit.buildx.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.GoValues;

/**
 * What is to be attested of an image: by type, the option's value; empty for what is switched off.
 */
record Attestations(SequencedMap<String, Optional<String>> byType) {
  private static final String PROVENANCE = "provenance";
  private static final String INLINE_PROVENANCE = "mode=min,inline-only=true";

  /**
   * The first entry of a type counts.
   *
   * @param provenance short form; empty if it isn't given
   * @param sbom likewise
   */
  static Attestations parse(List<String> values, String provenance, String sbom) {
    var entries = new java.util.ArrayList<>(values);
    shorthand(PROVENANCE, provenance).ifPresent(entries::add);
    shorthand("sbom", sbom).ifPresent(entries::add);
    var byType = new LinkedHashMap<String, Optional<String>>();
    for (var entry : entries) {
      add(entry, byType);
    }
    return new Attestations(byType);
  }

  private static Optional<String> shorthand(String type, String value) {
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var wanted = GoValues.parseBool(value);
    return Optional.of(
        "type=" + type + "," + wanted.map(given -> "disabled=" + !given).orElse(value));
  }

  private static void add(String entry, SequencedMap<String, Optional<String>> byType) {
    var type = "";
    boolean disabled = false;
    var attributes = new TreeMap<String, String>();
    for (var field : CsvFields.parse(entry)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw BuildException.failed("invalid value " + field);
      }
      var key = field.substring(0, equals);
      var value = field.substring(equals + 1);
      if (key.equalsIgnoreCase("type")) {
        type = value;
      } else if (key.equalsIgnoreCase("disabled")) {
        disabled =
            GoValues.parseBool(value)
                .orElseThrow(() ->
                    BuildException.failed(
                        "invalid value %s: strconv.ParseBool: parsing \"%s\": invalid syntax"
                            .formatted(field, value)));
      } else {
        attributes.put(key, value);
      }
    }
    if (type.isEmpty()) {
      throw BuildException.failed("attestation type not specified");
    }
    var text = new StringBuilder("type=").append(type);
    attributes.forEach((key, value) -> text.append(',').append(quoted(key + "=" + value)));
    byType.putIfAbsent(type, disabled ? Optional.empty() : Optional.of(text.toString()));
  }

  private static String quoted(String field) {
    boolean plain = field.indexOf(',') < 0 && field.indexOf('"') < 0 && field.indexOf('\n') < 0;
    return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }

  /** Whether anything is asked for. */
  boolean isAny() {
    return byType.values().stream().anyMatch(Optional::isPresent);
  }

  /** With what buildx asks for when nothing is said of provenance. */
  Attestations withPreset() {
    if (byType.containsKey(PROVENANCE)) {
      return this;
    }
    var all = new LinkedHashMap<>(byType);
    all.put(PROVENANCE, Optional.of(INLINE_PROVENANCE));
    return new Attestations(all);
  }

  /** Options of the frontend. */
  void putInto(SequencedMap<String, String> options) {
    byType.forEach((type, value) -> value.ifPresent(text -> options.put("attest:" + type, text)));
  }
}
