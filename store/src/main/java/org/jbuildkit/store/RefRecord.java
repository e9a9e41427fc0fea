package org.jbuildkit.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one tree; mutable, guarded by the {@link RefStore} that owns it.
 *
 * <p>{@code layers} are ids of records that own content, bottom first. A record that owns content
 * itself comes last in its own list; a merge or diff owns none.
 */
final class RefRecord {
  final String id;
  final List<String> parents;
  final List<String> layers;
  final boolean ownsLayer;
  final Map<String, String> values = new LinkedHashMap<>();
  boolean isMutable;
  boolean isRetained;
  String description;
  RecordType type;
  Instant createdAt;
  @Nullable Instant lastUsedAt;
  int usageCount;
  long size = -1;
  @Nullable LazyLayer lazy;

  /** When its content was completed, for {@link Checkpoints}. */
  long stamp;

  /** Why a row of this record could not be written, if one could not. */
  volatile @Nullable Throwable lost;

  /** What it takes while it is being written. */
  @Nullable SpaceClaim claim;

  /** Told when the tree is first needed as files, directly or below a layer. */
  @Nullable Runnable onFirstMount;

  /** Live handles; while there are any the record stays. */
  int handles;

  /** Whether a writable handle is out. */
  boolean isLocked;

  /** The layers that stand for this one on other trees, lowest first; empty until known. */
  List<String> detached = List.of();

  /** Counts how often a reused tree was opened for writing again: what was known of it is void. */
  int generation;

  RefRecord(
      String id,
      List<String> parents,
      List<String> layers,
      boolean ownsLayer,
      RefOptions options,
      Instant createdAt) {
    this.id = id;
    this.parents = List.copyOf(parents);
    var all = new ArrayList<>(layers);
    if (ownsLayer) {
      all.add(id);
    }
    this.layers = List.copyOf(all);
    this.ownsLayer = ownsLayer;
    this.description = options.description();
    this.type = options.type();
    this.isRetained = options.isRetained();
    this.createdAt = createdAt;
  }

  /** A new layer on top of a tree or of nothing, still incomplete. */
  static RefRecord layer(String id, Optional<Ref> parent, RefOptions options, Instant createdAt) {
    var parents = parent.map(ref -> List.of(ref.id())).orElse(List.of());
    var layers = parent.map(Ref::layers).orElse(List.of());
    var record = new RefRecord(id, parents, layers, true, options, createdAt);
    record.isMutable = true;
    return record;
  }

  /** Whether the tree is its own content, without anything below and without whiteouts. */
  boolean isPlain() {
    boolean hasWhiteouts = values.containsKey(Ref.HAS_WHITEOUTS);
    return ownsLayer && layers.size() == 1 && lazy == null && !hasWhiteouts;
  }

  /** Its content is about to become another. */
  void reopen() {
    generation++;
    detached = List.of();
  }

  String contentId() {
    return contentId(generation);
  }

  Optional<String> previousContentId() {
    return generation == 0 ? Optional.empty() : Optional.of(contentId(generation - 1));
  }

  private String contentId(int generation) {
    return generation == 0 ? id : id + "#" + generation;
  }
}
