package org.jbuildkit.solver;

import java.util.List;

/** Who wants the work right now, and where to report on it. */
public interface OpContext<J extends Participant> {

  /** The builds that want this work at this moment; never the ones that only wanted it before. */
  List<J> participants();

  /** Reports to every vertex and build that shares this work. */
  VertexReport report();
}
