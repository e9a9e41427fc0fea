package org.jbuildkit.solver;

import java.util.Set;

/**
 * What a solve returns: a handle that the caller closes, and the keys of the result, from which a
 * cache exporter walks the {@link KeyGraph}.
 */
public record CachedResult(Result result, Set<CacheKey> keys) implements AutoCloseable {
  @Override
  public void close() {
    result.close();
  }
}
