package org.jbuildkit.dockerfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.dockerfile.syntax.Instruction;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Words;
import org.jbuildkit.oci.Platform;

/**
 * Arguments of one build: what the user gave, and those of the global scope, whether set by
 * themselves or by an ARG before the first FROM.
 */
final class BuildArguments {
  private static final String PREFIX = "build-arg:";

  private final Map<String, String> given = new LinkedHashMap<>();
  private final Map<String, String> global = new LinkedHashMap<>();
  private final Map<String, Declared> declared = new LinkedHashMap<>();

  /**
   * An argument that an instruction declares.
   *
   * @param value empty where it has none
   * @param uses other arguments that the value was made of
   */
  record Declared(String name, String value, Line line, Set<String> uses) {
    Declared {
      uses = Collections.unmodifiableSet(new LinkedHashSet<>(uses));
    }
  }

  private BuildArguments() {}

  BuildArguments(Map<String, String> options) {
    options.forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        given.put(key.substring(PREFIX.length()), value);
      }
    });
  }

  /** The same scope as if the user had given nothing from here on. */
  BuildArguments withDefaults() {
    var copy = new BuildArguments();
    copy.global.putAll(global);
    return copy;
  }

  /** Sets the automatic arguments. */
  void automatic(Platform build, Platform target, String stage) {
    platform("BUILD", build, build.format());
    platform("TARGET", target, target.formatAll());
    define("TARGETSTAGE", stage);
  }

  private void platform(String prefix, Platform platform, String formatted) {
    define(prefix + "PLATFORM", formatted);
    define(prefix + "OS", platform.os());
    define(prefix + "OSVERSION", platform.osVersion());
    define(prefix + "ARCH", platform.architecture());
    define(prefix + "VARIANT", platform.variant());
  }

  private void define(String name, String value) {
    global.put(name, given.getOrDefault(name, value));
  }

  /** Declares arguments of the global scope, one after the other. */
  void declare(Instruction.Arg arg, char escape) {
    for (var pair : arg.pairs()) {
      var name = pair.name();
      var lookup = new Lookup(global);
      var value =
          given(name)
              .or(() ->
                  pair.value().map(word -> Words.expand(word, escape, lookup, Words.Style.WORD)));
      var uses = new LinkedHashSet<>(lookup.found());
      if (uses.remove(name) && declared.containsKey(name)) {
        uses.addAll(declared.get(name).uses());
      }
      declared.put(name, new Declared(name, value.orElse(""), arg.line(), uses));
      value.ifPresent(v -> global.put(name, v));
    }
  }

  /** Replaces a value where there is one, given or global; an empty one takes it away. */
  void replace(String name, String value) {
    for (var values : List.of(given, global)) {
      if (value.isEmpty()) {
        values.remove(name);
      } else {
        values.computeIfPresent(name, (_, _) -> value);
      }
    }
  }

  /** What the user gave for a name. */
  Optional<String> given(String name) {
    return Optional.ofNullable(given.get(name));
  }

  SequencedMap<String, String> given() {
    return new LinkedHashMap<>(given);
  }

  Optional<String> inherited(String name) {
    return Optional.ofNullable(global.get(name));
  }

  /** The global scope. */
  Lookup lookup() {
    return new Lookup(global);
  }

  /** What instructions before the first FROM declare, by name, with a value or without. */
  Map<String, Declared> declared() {
    return Collections.unmodifiableMap(declared);
  }
}
