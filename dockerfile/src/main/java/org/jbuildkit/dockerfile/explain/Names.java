package org.jbuildkit.dockerfile.explain;

import java.util.HashMap;
import java.util.Map;

/** What people call the steps and sources of a graph. */
final class Names {
  private final Map<String, String> byId = new HashMap<>();

  Names(Explanation.Graph graph) {
    for (var source : graph.sources()) {
      var name = source.name().replaceFirst("@sha256:.*", "");
      byId.put(source.id(), source.id() + " (" + Shown.line(source.kind() + " " + name) + ")");
    }
    for (var stage : graph.stages()) {
      for (var step : stage.steps()) {
        byId.put(step.id(), "[" + Shown.line(step.label()) + "]");
      }
    }
  }

  /** The name for an id. */
  String of(String id) {
    return byId.getOrDefault(id, id);
  }
}
