package org.jbuildkit.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.store.Ref;

/**
 * What a build made: one tree, or one for each platform id, and what is said of them.
 *
 * @param single the tree if there is one only; nothing inside stands for the empty tree
 * @param byPlatform trees by platform id, in order; empty if there is one only
 * @param metadata {@code containerimage.config} and others
 * @param attestations what is to be stated of the trees, by platform id; the only tree has one, too
 */
public record BuildResult(
    Optional<Ref> single,
    SequencedMap<String, Optional<Ref>> byPlatform,
    SequencedMap<String, byte[]> metadata,
    SequencedMap<String, List<ResultAttestation>> attestations) {
  public BuildResult {
    attestations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attestations));
    byPlatform = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byPlatform));
    metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  /** A result of which nothing is stated. */
  public BuildResult(
      Optional<Ref> single,
      SequencedMap<String, Optional<Ref>> byPlatform,
      SequencedMap<String, byte[]> metadata) {
    this(single, byPlatform, metadata, new LinkedHashMap<>());
  }

  public BuildResult withMetadata(SequencedMap<String, byte[]> changed) {
    return new BuildResult(single, byPlatform, changed, attestations);
  }

  public BuildResult withAttestations(SequencedMap<String, List<ResultAttestation>> changed) {
    return new BuildResult(single, byPlatform, metadata, changed);
  }

  /** The bytes of a metadata entry, of a platform where that has its own. */
  public Optional<byte[]> metadata(String key, Optional<String> platform) {
    var own = platform.flatMap(id -> Optional.ofNullable(metadata.get(key + "/" + id)));
    return own.or(() -> Optional.ofNullable(metadata.get(key)));
  }
}
