package org.jbuildkit.solver;

import java.util.List;
import org.jbuildkit.base.Digest;

/** A node of the build graph as the solver sees it: immutable, identified by its digest. */
public interface Vertex<J extends Participant> {
  Digest digest();

  List<Edge<J>> inputs();

  /** Whether no stored record may stand for this vertex. */
  boolean ignoresCache();

  Op<J> op();
}
