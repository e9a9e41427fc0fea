package org.jbuildkit.store.checksum;

import java.util.List;

/**
 * The part of a tree that matters.
 *
 * @param path absolute in the tree, with wildcards if {@code wildcard}
 * @param followLinks whether a link at the end of the path stands for its target
 * @param include patterns relative to the path; empty for all
 * @param exclude patterns relative to the path
 * @param required paths of which each must be there
 */
public record Selector(
    String path,
    boolean followLinks,
    boolean wildcard,
    List<String> include,
    List<String> exclude,
    List<String> required) {

  public Selector {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    required = List.copyOf(required);
  }

  /** A path by itself. */
  public static Selector path(String path, boolean followLinks) {
    return new Selector(path, followLinks, false, List.of(), List.of(), List.of());
  }

  /** Whether entries have to be chosen one by one. */
  public boolean isFiltered() {
    return wildcard || !include.isEmpty() || !exclude.isEmpty();
  }
}
