package org.jbuildkit.solver;

/** One build's interest in vertices: the solver only counts them, an op asks them for sessions. */
public interface Participant {
  /** The build's id, for messages. */
  String id();
}
