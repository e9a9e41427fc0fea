package org.jbuildkit.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What users are told of a tree: {@code size} in bytes on disk, without the layers below. */
public record UsageRecord(
    String id,
    boolean isMutable,
    boolean isInUse,
    long size,
    List<String> parents,
    Instant createdAt,
    Optional<Instant> lastUsedAt,
    int usageCount,
    String description,
    RecordType type) {
  public UsageRecord {
    parents = List.copyOf(parents);
  }
}
