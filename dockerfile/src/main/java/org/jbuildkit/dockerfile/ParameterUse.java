package org.jbuildkit.dockerfile;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.dockerfile.syntax.Line;

/** What a stage asks its user for: arguments, secrets and agents, as the outline shows them. */
final class ParameterUse {
  private final Map<String, BuildArguments.Declared> known = new LinkedHashMap<>();
  private final Set<String> used = new LinkedHashSet<>();
  private final SequencedMap<String, Mounted> secrets = new LinkedHashMap<>();
  private final SequencedMap<String, Mounted> agents = new LinkedHashMap<>();

  /** A secret or agent that an instruction mounts. */
  record Mounted(boolean isRequired, Line line) {}

  /**
   * @param global arguments of the global scope
   */
  ParameterUse(Map<String, BuildArguments.Declared> global) {
    known.putAll(global);
  }

  void declare(BuildArguments.Declared argument) {
    known.put(argument.name(), argument);
  }

  void use(Iterable<String> names) {
    names.forEach(this::use);
  }

  void use(String name) {
    if (used.add(name) && known.containsKey(name)) {
      use(known.get(name).uses());
    }
  }

  void secret(String id, boolean isRequired, Line line) {
    secrets.put(id, new Mounted(isRequired, line));
  }

  void agent(String id, boolean isRequired, Line line) {
    agents.put(id, new Mounted(isRequired, line));
  }

  /** The arguments used that somebody declared, by name. */
  SequencedMap<String, BuildArguments.Declared> arguments() {
    var arguments = new LinkedHashMap<String, BuildArguments.Declared>();
    for (var name : used) {
      var argument = known.get(name);
      if (argument != null) {
        arguments.put(name, argument);
      }
    }
    return arguments;
  }

  SequencedMap<String, Mounted> secrets() {
    return secrets;
  }

  SequencedMap<String, Mounted> agents() {
    return agents;
  }
}
