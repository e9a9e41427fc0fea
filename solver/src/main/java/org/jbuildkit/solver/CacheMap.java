package org.jbuildkit.solver;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How an op is keyed.
 *
 * @param digest of the op; {@code random:…} where it must never match in another session. It must
 *     determine the number of inputs and outputs
 * @param deps one for each input
 * @param isLast whether no further cache map exists
 */
public record CacheMap(String digest, List<Dep> deps, boolean isLast) {
  /** Starts digests that are never stored or exported. */
  public static final String RANDOM = "random:";

  public CacheMap {
    deps = List.copyOf(deps);
  }

  /** Whether nothing may be stored under this digest. */
  public boolean isRandom() {
    return digest.startsWith(RANDOM);
  }

  /**
   * @param selector digest of the part of the input that matters, or empty for all
   * @param content computes the digest of the input's content, where that may stand for its key
   */
  public record Dep(String selector, Optional<ContentDigester> content) {}

  /** Digests the part of an input's content that matters to the op. */
  @FunctionalInterface
  public interface ContentDigester {
    /** The digest's text. The handle stays the caller's. */
    String digest(Result input) throws IOException, InterruptedException;
  }
}
