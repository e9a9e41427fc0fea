package org.jbuildkit.solver;

import java.util.Set;

/**
 * A result with the names it goes by.
 *
 * @param result the owner's handle
 * @param keys all names, which dependents save their results under
 * @param nameable the names that dependents may look up records by; fewer than {@code keys} where a
 *     forced re-run lies below
 * @param isCached whether the result came from a record
 */
record Outcome(Result result, Set<CacheKey> keys, Set<CacheKey> nameable, boolean isCached) {
  Outcome {
    keys = Set.copyOf(keys);
    nameable = Set.copyOf(nameable);
  }
}
