package org.jbuildkit.solver;

import java.io.IOException;
import java.util.List;

/**
 * What a vertex does. One instance may serve several builds: all that is theirs comes with calls.
 */
public interface Op<J extends Participant> {

  /**
   * How this op is keyed. Index 0 is asked for first; the next ones only while no record is found
   * and the previous one was not the last.
   */
  CacheMap cacheMap(int index, OpContext<J> context) throws IOException, InterruptedException;

  /**
   * Does the work. May evaluate more for the builds that want it, with {@link Solver#solveWithin}.
   *
   * @param inputs handles that stay the caller's
   * @return one handle per output; the caller closes them
   */
  List<Result> run(OpContext<J> context, List<Result> inputs)
      throws IOException, InterruptedException;

  /**
   * The op that serves two builds which have the same vertex, but may differ in what is no part of
   * its identity.
   */
  default Op<J> merged(Op<J> other) {
    return this;
  }
}
