package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;

/**
 * A commit or tag as git keeps it.
 *
 * @param headers the lines before the message
 */
record GitObject(String headers) {
  private static final Pattern WHEN = Pattern.compile("(?m)^committer .*> (-?\\d{1,18}) [+-]\\d+$");

  /** The commit of a revision in a repository. */
  static GitObject of(GitRunner repository, GitRevision revision)
      throws IOException, InterruptedException {
    var text = repository.ask("cat-file", "commit", revision.object() + "^{commit}");
    return parse(new String(text, StandardCharsets.ISO_8859_1));
  }

  static GitObject parse(String text) {
    int end = text.indexOf("\n\n");
    return new GitObject(end < 0 ? text : text.substring(0, end + 1));
  }

  /**
   * When a commit was made, since 1970.
   *
   * @throws BuildException if it does not say so
   */
  long seconds() {
    var match = WHEN.matcher(headers);
    if (!match.find()) {
      throw BuildException.failed("failed to get commit time");
    }
    return Long.parseLong(match.group(1));
  }
}
