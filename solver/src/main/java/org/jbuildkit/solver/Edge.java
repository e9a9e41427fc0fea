package org.jbuildkit.solver;

/** One output of a vertex. */
public record Edge<J extends Participant>(Vertex<J> vertex, int outputIndex) {
  public Edge {
    if (outputIndex < 0) {
      throw new IllegalArgumentException("negative output index: " + outputIndex);
    }
  }
}
