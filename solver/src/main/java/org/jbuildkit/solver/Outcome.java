package org.jbuildkit.solver;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A result with the names it goes by.
 *
 * @param edge the output it is of
 * @param result the owner's handle
 * @param keys all names, which dependents save their results under
 * @param nameable the names that dependents may look up records by; fewer than {@code keys} where a
 *     forced re-run lies below
 * @param hit where it was found, if it was not made
 * @param inputs what it was made from; nothing if it was found
 */
record Outcome(
    EdgeState<?> edge,
    Result result,
    Set<CacheKey> keys,
    Set<CacheKey> nameable,
    Optional<CacheRecord> hit,
    List<Outcome> inputs) {
  Outcome {
    keys = Collections.unmodifiableSet(new LinkedHashSet<>(keys));
    nameable = Collections.unmodifiableSet(new LinkedHashSet<>(nameable));
    inputs = List.copyOf(inputs);
  }

  /** Outcomes are told apart, however alike. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
