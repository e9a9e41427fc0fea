package org.jbuildkit.session.files;

import java.util.List;

/**
 * Which part of a tree is sent.
 *
 * @param include patterns of which one must match; none means all
 * @param exclude patterns of which none may match
 * @param follow paths that are included with all links on the way to them
 */
public record TreeFilter(List<String> include, List<String> exclude, List<String> follow) {
  public static final TreeFilter ALL = new TreeFilter(List.of(), List.of(), List.of());

  public TreeFilter {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    follow = List.copyOf(follow);
  }
}
