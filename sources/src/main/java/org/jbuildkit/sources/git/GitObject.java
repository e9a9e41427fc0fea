package org.jbuildkit.sources.git;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A commit or tag as git keeps it.
 *
 * @param headers the lines before the message
 */
record GitObject(String headers) {
  private static final Pattern WHEN = Pattern.compile("(?m)^committer .*> (-?\\d{1,18}) [+-]\\d+$");
  private static final Pattern TAGGED = Pattern.compile("(?m)^tagger .*> (-?\\d{1,18}) [+-]\\d+$");

  static GitObject parse(String text) {
    int end = text.indexOf("\n\n");
    return new GitObject(end < 0 ? text : text.substring(0, end + 1));
  }

  /** When a commit was made, in seconds since 1970. */
  Optional<Long> committed() {
    var time = number(WHEN);
    return time.isPresent() ? Optional.of(time.getAsLong()) : Optional.empty();
  }

  /** When a tag was made. */
  OptionalLong tagged() {
    return number(TAGGED);
  }

  private OptionalLong number(Pattern line) {
    var match = line.matcher(headers);
    return match.find() ? OptionalLong.of(Long.parseLong(match.group(1))) : OptionalLong.empty();
  }
}
