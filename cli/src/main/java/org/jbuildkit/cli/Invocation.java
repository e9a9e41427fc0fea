package org.jbuildkit.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed command line: the values of flags, of the command and of those above it. */
public final class Invocation {
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final Map<String, Flag> flags = new LinkedHashMap<>();
  private final List<String> given = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();

  /** Makes a flag known, so that it has its preset. */
  public void declare(Flag flag) {
    flags.put(flag.name(), flag);
  }

  /** Takes a value that fits the flag's kind. */
  public void set(Flag flag, String value) {
    var list = values.computeIfAbsent(flag.name(), _ -> new ArrayList<>());
    if (flag.kind() != Flag.Kind.LIST && flag.kind() != Flag.Kind.SLICE) {
      list.clear();
    }
    list.add(value);
    given.add(flag.name());
  }

  public void argument(String value) {
    arguments.add(value);
  }

  public boolean isSet(String name) {
    return values.containsKey(name);
  }

  /** The flag's value, or its preset. */
  public String text(String name) {
    var list = values.get(name);
    if (list != null) {
      return list.getLast();
    }
    var flag = flags.get(name);
    return flag == null ? "" : flag.preset();
  }

  public boolean flag(String name) {
    return GoValues.parseBool(text(name)).orElse(false);
  }

  /** All values in the order in which they were given. */
  public List<String> list(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /** Names of flags in the order in which they were given, one for each time. */
  public List<String> given() {
    return List.copyOf(given);
  }

  public List<String> arguments() {
    return List.copyOf(arguments);
  }
}
