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

  /**
   * Where an edge to the same output is in a list, at whose end this one is put if it is missing.
   */
  public int indexAdding(List<LlbEdge> edges) {
    int known = indexIn(edges);
    if (known >= 0) {
      return known;
    }
    edges.add(this);
    return edges.size() - 1;
  }
}
