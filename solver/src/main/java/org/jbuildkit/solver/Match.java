package org.jbuildkit.solver;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the key graph says of an output before anything has run.
 *
 * @param keys the output's known keys
 * @param isFinal whether a slower look can't find more
 */
record Match(Set<CacheKey> keys, boolean isFinal) {
  static final Match NONE = new Match(Set.of(), true);

  Match {
    keys = Collections.unmodifiableSet(new LinkedHashSet<>(keys));
  }
}
