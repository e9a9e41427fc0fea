package org.jbuildkit.dockerfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What a build of the language made.
 *
 * @param trees by platform id, in the order requested
 * @param isMultiPlatform whether the result is to be a map even if it holds one platform
 * @param metadata {@code containerimage.config} and others
 */
public record FrontendResult(
    SequencedMap<String, FrontendClient.Tree> trees,
    boolean isMultiPlatform,
    SequencedMap<String, byte[]> metadata) {
  public FrontendResult {
    trees = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(trees));
    metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }
}
