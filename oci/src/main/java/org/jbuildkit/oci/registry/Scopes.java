package org.jbuildkit.oci.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Lists of what a token allows: {@code repository:name:actions}. */
final class Scopes {
  private Scopes() {}

  static String pull(String repository) {
    return "repository:" + repository + ":pull";
  }

  static String push(String repository) {
    return "repository:" + repository + ":pull,push";
  }

  /** All of these, one a name, in the order of names and actions. */
  static List<String> merged(Collection<String> scopes) {
    var actions = new TreeMap<String, TreeSet<String>>();
    var others = new TreeSet<String>();
    for (var scope : scopes) {
      int first = scope.indexOf(':');
      int last = scope.lastIndexOf(':');
      if (first < 0 || first == last) {
        others.add(scope);
        continue;
      }
      actions
          .computeIfAbsent(scope.substring(0, last), _ -> new TreeSet<>())
          .addAll(Arrays.asList(scope.substring(last + 1).split(",", -1)));
    }
    var merged = new ArrayList<String>();
    actions.forEach((name, allowed) -> merged.add(name + ":" + String.join(",", allowed)));
    others.removeIf(String::isEmpty);
    merged.addAll(others);
    return merged;
  }
}
