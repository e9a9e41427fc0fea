package org.jbuildkit.engine.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A statement about a result, as frontends return it.
 *
 * @param tree where the statement's file is; nothing for the empty tree
 * @param path of the file in the tree
 */
public record Attestation(
    Kind kind,
    Map<String, byte[]> metadata,
    Optional<BuildTree> tree,
    String path,
    String predicateType,
    List<Subject> subjects) {
  public Attestation {
    metadata = new LinkedHashMap<>(metadata);
    subjects = List.copyOf(subjects);
  }

  /** What the file holds. */
  public enum Kind {
    IN_TOTO,
    BUNDLE
  }

  /**
   * @param isSelf whether it is the result itself
   */
  public record Subject(boolean isSelf, List<String> digests, String name) {
    public Subject {
      digests = List.copyOf(digests);
    }
  }
}
