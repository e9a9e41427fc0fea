package org.jbuildkit.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.store.Ref;

/**
 * What a build made: one tree, or one for each platform id, and what is said of them.
 *
 * @param single the tree if there is one only; nothing inside stands for the empty tree
 * @param byPlatform trees by platform id, in order; empty if there is one only
 * @param metadata {@code containerimage.config} and others
 */
public record BuildResult(
    Optional<Ref> single,
    SequencedMap<String, Optional<Ref>> byPlatform,
    SequencedMap<String, byte[]> metadata) {
  public BuildResult {
    byPlatform = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byPlatform));
    metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  /** The bytes of a metadata entry, of a platform where that has its own. */
  public Optional<byte[]> metadata(String key, Optional<String> platform) {
    var own = platform.flatMap(id -> Optional.ofNullable(metadata.get(key + "/" + id)));
    return own.or(() -> Optional.ofNullable(metadata.get(key)));
  }
}
