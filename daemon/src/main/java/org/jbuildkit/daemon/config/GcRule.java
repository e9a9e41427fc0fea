package org.jbuildkit.daemon.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One rule of automatic collection.
 *
 * @param isAll also internal records and frontends
 * @param filters any of which a record has to match; none for all records
 * @param keepDuration records used more recently stay
 */
public record GcRule(
    boolean isAll,
    List<String> filters,
    Duration keepDuration,
    Optional<Space> reserved,
    Optional<Space> maxUsed,
    Optional<Space> minFree) {

  public GcRule {
    filters = List.copyOf(filters);
  }
}
