package org.jbuildkit.llb;

import java.util.List;

/** One output of a vertex, to be used as an input or as the result. */
public record LlbEdge(LlbVertex vertex, int outputIndex) {

  /** Where an edge to the same output of an equal vertex is in a list; -1 if there is none. */
  public int indexIn(List<LlbEdge> edges) {
    for (int i = 0; i < edges.size(); i++) {
      var edge = edges.get(i);
      if (edge.outputIndex() == outputIndex && edge.vertex().isSame(vertex)) {
        return i;
      }
    }
    return -1;
  }
}
