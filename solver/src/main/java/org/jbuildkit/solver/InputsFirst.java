package org.jbuildkit.solver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jbuildkit.base.Digest;

/** Orders graphs. */
final class InputsFirst {
  private InputsFirst() {}

  private record Visit<J extends Participant>(Vertex<J> vertex, boolean isDone) {}

  /** All vertices below {@code root} and itself, by a loop: graphs may be thousands deep. */
  static <J extends Participant> List<Vertex<J>> of(Vertex<J> root) {
    var ordered = new ArrayList<Vertex<J>>();
    var seen = new HashSet<Digest>();
    var stack = new ArrayDeque<Visit<J>>();
    stack.push(new Visit<>(root, false));
    while (!stack.isEmpty()) {
      var visit = stack.pop();
      var vertex = visit.vertex();
      if (visit.isDone()) {
        ordered.add(vertex);
      } else if (seen.add(vertex.digest())) {
        stack.push(new Visit<>(vertex, true));
        vertex.inputs().reversed().forEach(in -> stack.push(new Visit<>(in.vertex(), false)));
      }
    }
    return ordered;
  }
}
