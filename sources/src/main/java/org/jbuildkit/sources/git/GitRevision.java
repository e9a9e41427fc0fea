package org.jbuildkit.sources.git;

/**
 * What a ref of a repository stood for.
 *
 * @param ref in full, as {@code refs/heads/main}; the commit itself where that was asked for
 * @param object the commit, or the annotated tag
 * @param commit the commit
 */
record GitRevision(String ref, String object, String commit) {
  static GitRevision ofCommit(String commit) {
    return new GitRevision(commit, commit, commit);
  }

  boolean isAnnotatedTag() {
    return !object.equals(commit);
  }

  boolean isSha256() {
    return object.length() == 64;
  }

  /** Whether it was asked for by the commit's name. */
  boolean isPlainCommit() {
    return GitRequest.isCommit(ref);
  }

  private static final String SEPARATOR = " ";

  /** As one line, which {@link #parse} reads. */
  String line() {
    return String.join(SEPARATOR, object, commit, ref);
  }

  static GitRevision parse(String line) {
    var parts = line.split(SEPARATOR, 3);
    return new GitRevision(parts[2], parts[0], parts[1]);
  }
}
