package org.jbuildkit.dockerfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a build of the language made.
 *
 * @param trees by platform id, in the order requested
 * @param isMultiPlatform whether the result is to be a map even if it holds one platform
 * @param metadata {@code containerimage.config} and others
 * @param scans folders of statements of the software in trees, by platform id, where wanted
 * @param forwarded what another frontend made; then there is nothing else
 */
public record FrontendResult(
    SequencedMap<String, FrontendClient.Tree> trees,
    boolean isMultiPlatform,
    SequencedMap<String, byte[]> metadata,
    SequencedMap<String, FrontendClient.Tree> scans,
    Optional<FrontendClient.Forwarded> forwarded) {
  public FrontendResult {
    scans = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(scans));
    trees = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(trees));
    metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  public FrontendResult(
      SequencedMap<String, FrontendClient.Tree> trees,
      boolean isMultiPlatform,
      SequencedMap<String, byte[]> metadata) {
    this(trees, isMultiPlatform, metadata, new LinkedHashMap<>(), Optional.empty());
  }

  static FrontendResult of(FrontendClient.Forwarded forwarded) {
    return new FrontendResult(
        new LinkedHashMap<>(),
        false,
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        Optional.of(forwarded));
  }
}
