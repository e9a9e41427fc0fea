package org.jbuildkit.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.oci.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of one build: what the user gave, and the names that are set by themselves in the
 * global scope.
 */
final class BuildArguments {
  private static final String PREFIX = "build-arg:";

  private final Map<String, String> given = new LinkedHashMap<>();
  private final Map<String, String> global = new LinkedHashMap<>();

  BuildArguments(Map<String, String> options) {
    options.forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        given.put(key.substring(PREFIX.length()), value);
      }
    });
    if (given.getOrDefault("SOURCE_DATE_EPOCH", "unset").isEmpty()) {
      given.remove("SOURCE_DATE_EPOCH");
    }
  }

  /** Sets the automatic arguments. */
  void automatic(Platform build, Platform target, String stage) {
    platform("BUILD", build);
    platform("TARGET", target);
    define("TARGETSTAGE", stage);
  }

  private void platform(String prefix, Platform platform) {
    define(prefix + "PLATFORM", platform.format());
    define(prefix + "OS", platform.os());
    define(prefix + "OSVERSION", platform.osVersion());
    define(prefix + "ARCH", platform.architecture());
    define(prefix + "VARIANT", platform.variant());
  }

  private void define(String name, String value) {
    global.put(name, given.getOrDefault(name, value));
  }

  /** A value of the global scope, set by an ARG before the first FROM. */
  void setGlobal(String name, String value) {
    global.put(name, value);
  }

  /** What the user gave for a name. */
  Optional<String> given(String name) {
    return Optional.ofNullable(given.get(name));
  }

  @Nullable String global(String name) {
    return global.get(name);
  }

  Optional<String> inherited(String name) {
    return Optional.ofNullable(global.get(name));
  }

  SequencedMap<String, String> given() {
    return new LinkedHashMap<>(given);
  }

  /** The names of the global scope, for suggestions. */
  List<String> names() {
    return List.copyOf(global.keySet());
  }
}
