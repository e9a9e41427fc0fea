package org.jbuildkit.solver;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What the key graph says of an output before anything has run.
 *
 * @param keys the output's known keys
 * @param inputs the alternatives by which each input was looked up
 * @param isFinal whether a slower look can't find more
 */
record Match(
    Set<CacheKey> keys, List<? extends Collection<CacheKey.Link>> inputs, boolean isFinal) {
  static final Match NONE = new Match(Set.of(), List.of(), true);
}
