package org.jbuildkit.dockerfile;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Variables of a scope, which remembers the names that were asked for. */
final class Lookup implements Function<String, @Nullable String> {
  private final Map<String, String> variables;
  private final Set<String> found = new LinkedHashSet<>();
  private final Set<String> missing = new LinkedHashSet<>();

  Lookup(Map<String, String> variables) {
    this.variables = variables;
  }

  @Override
  public @Nullable String apply(String name) {
    var value = variables.get(name);
    (value == null ? missing : found).add(name);
    return value;
  }

  Set<String> found() {
    return found;
  }

  Set<String> missing() {
    return missing;
  }

  /** All names of the scope. */
  Set<String> names() {
    return variables.keySet();
  }
}
