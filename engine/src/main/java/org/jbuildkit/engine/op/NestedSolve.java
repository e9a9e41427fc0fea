package org.jbuildkit.engine.op;

import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.solver.CachedResult;
import org.jbuildkit.solver.OpContext;

/** Evaluates a definition in the midst of an op's run, by the rules of the op's own build. */
@FunctionalInterface
public interface NestedSolve {
  /**
   * Evaluates a definition for the builds that want the run.
   *
   * @return handles that the caller closes
   */
  CachedResult solve(OpContext<Job> context, Definition definition) throws InterruptedException;
}
