package org.jbuildkit.dockerfile.syntax;

import java.util.List;

/**
 * An instruction's logical line: continuations joined, comments gone.
 *
 * @param keyword as written
 * @param flags words that start with two dashes, quotes removed
 * @param rest what follows the flags, trimmed
 * @param original the whole logical line
 */
public record Line(
    String keyword,
    List<String> flags,
    String rest,
    String original,
    List<Heredoc> heredocs,
    int firstLine,
    int lastLine) {
  public Line {
    flags = List.copyOf(flags);
    heredocs = List.copyOf(heredocs);
  }
}
