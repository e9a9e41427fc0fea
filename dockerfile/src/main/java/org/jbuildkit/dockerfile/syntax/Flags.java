package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The flags of one instruction, checked against those it knows. */
final class Flags {
  private static final Set<String> LISTS = Set.of("mount", "exclude", "device");
  private static final Set<String> BOOLEANS = Set.of("link", "parents", "keep-git-dir", "unpack");

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException for unknown, repeated or malformed flags
   */
  Flags(List<String> words, List<String> known) {
    var seen = new HashSet<String>();
    for (var word : words) {
      int equals = word.indexOf('=');
      var name = word.substring(2, equals < 0 ? word.length() : equals);
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "unknown flag: --" + name + Suggestion.text(name, known));
      }
      if (!LISTS.contains(name) && !seen.add(name)) {
        throw new IllegalArgumentException("duplicate flag specified: --" + name);
      }
      values
          .computeIfAbsent(name, _ -> new ArrayList<>())
          .add(
              value(name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
    }
  }

  private static String value(String name, Optional<String> value) {
    if (BOOLEANS.contains(name)) {
      return bool(name, value);
    }
    return value.orElseThrow(
        () -> new IllegalArgumentException("missing a value on flag: --" + name));
  }

  private static String bool(String name, Optional<String> value) {
    var text = value.map(v -> v.toLowerCase(Locale.ROOT)).orElse("true");
    return switch (text) {
      case "true", "false" -> text;
      case "" -> throw new IllegalArgumentException("missing a value on flag: --" + name);
      default ->
          throw new IllegalArgumentException(
              "expecting boolean value for flag --" + name + ", not: " + value.orElse(""));
    };
  }

  String text(String name) {
    return values.containsKey(name) ? values.get(name).getFirst() : "";
  }

  boolean flag(String name) {
    return text(name).equals("true");
  }

  /** A flag that says nothing if it is not given. */
  Optional<Boolean> optional(String name) {
    return isGiven(name) ? Optional.of(flag(name)) : Optional.empty();
  }

  boolean isGiven(String name) {
    return values.containsKey(name);
  }

  List<String> list(String name) {
    return values.getOrDefault(name, List.of());
  }
}
