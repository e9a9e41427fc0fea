package org.jbuildkit.solver;

import java.util.List;
import java.util.Set;

/**
 * How the inputs of a run are named.
 *
 * @param all for each input at least one name
 * @param nameable for each input those of {@code all} that records may be looked up by; none where
 *     a forced re-run lies below
 */
record InputNames(List<Set<CacheKey.Link>> all, List<Set<CacheKey.Link>> nameable) {
  InputNames {
    all = List.copyOf(all);
    nameable = List.copyOf(nameable);
  }

  /** Whether every input may be looked up. */
  boolean isNameable() {
    return nameable.stream().noneMatch(Set::isEmpty);
  }
}
