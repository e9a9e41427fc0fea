/**
 * Decides what has to run: cache keys, their graph, merging of equal work, one straight-line
 * evaluation per output on virtual threads. Pure: knows vertices and keys, not files or Linux.
 *
 * <p>Start with {@link org.jbuildkit.solver.Solver} and {@link org.jbuildkit.solver.KeyGraph}.
 *
 * <p>Invariants: a vertex waits only for its inputs, so waits are acyclic; a result is saved under
 * all keys of its inputs before any dependent sees it; only nameable keys are offered for probing.
 */
@NullMarked
package org.jbuildkit.solver;

import org.jspecify.annotations.NullMarked;
