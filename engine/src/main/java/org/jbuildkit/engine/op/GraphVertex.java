package org.jbuildkit.engine.op;

import java.util.List;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.solver.Op;

/**
 * A vertex of a loaded definition with what it does.
 *
 * @param announcement how it is told to clients
 */
public record GraphVertex(
    Digest digest, List<Edge<Job>> inputs, boolean ignoresCache, Op<Job> op, Vertex announcement)
    implements org.jbuildkit.solver.Vertex<Job> {
  public GraphVertex {
    inputs = List.copyOf(inputs);
  }

  /** The displayed name. */
  public String name() {
    return announcement.getName();
  }
}
