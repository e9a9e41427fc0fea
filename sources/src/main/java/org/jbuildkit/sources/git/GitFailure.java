package org.jbuildkit.sources.git;

import java.io.IOException;

/** A run of {@code git} that ended with an error; what it said has no credentials in it. */
final class GitFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final String stderr;

  GitFailure(String stderr, int status) {
    super("git stderr:\n" + stderr + ": exit status " + status);
    this.stderr = stderr;
  }

  /** Whether git said one of these. */
  boolean says(String... texts) {
    for (var text : texts) {
      if (stderr.contains(text)) {
        return true;
      }
    }
    return false;
  }
}
