package org.jbuildkit.solver;

import java.time.Instant;

/** A saved result that can be loaded again, by its id in the {@link ResultStore}. */
public record CacheRecord(String resultId, Instant createdAt) {}
