package org.jbuildkit.benchmarks.soak;

import java.util.Optional;
import org.jbuildkit.llb.LlbEdge;

/**
 * A vertex's result as it has to be.
 *
 * @param whole what all of its layers do
 * @param own what the vertex itself did
 * @param parent what the vertex worked on, where it worked on one tree alone
 * @param hasShell whether processes can run in it
 */
record Tree(LlbEdge edge, Effect whole, Effect own, Optional<Tree> parent, boolean hasShell) {}
