package org.jbuildkit.dockerfile.syntax;

import java.util.List;
import java.util.stream.IntStream;
import org.jbuildkit.base.ErrorDetail;

/**
 * An instruction's logical line: continuations joined, comments gone.
 *
 * @param keyword as written
 * @param flags words that start with two dashes, quotes removed
 * @param rest what follows the flags, trimmed
 * @param original the whole logical line
 * @param comments those above it, in order, without their marks
 * @param spansEmptyLine whether an empty line stands between its continued ones
 */
public record Line(
    String keyword,
    List<String> flags,
    String rest,
    String original,
    List<Heredoc> heredocs,
    List<String> comments,
    boolean spansEmptyLine,
    int firstLine,
    int lastLine) {
  public Line {
    flags = List.copyOf(flags);
    heredocs = List.copyOf(heredocs);
    comments = List.copyOf(comments);
  }

  /** The description of a name that the comments give: the first that starts with it. */
  public String description(String name) {
    return comments.stream()
        .filter(comment -> comment.startsWith(name + " "))
        .map(comment -> comment.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** The last line of the instruction itself, before its documents. */
  public int lastInstructionLine() {
    int lines = 0;
    for (var heredoc : heredocs) {
      lines += (int) heredoc.body().chars().filter(c -> c == '\n').count() + 1;
    }
    return lastLine - lines;
  }

  /** One range for each physical line. */
  public List<ErrorDetail.Range> ranges() {
    return IntStream.rangeClosed(firstLine, lastLine)
        .mapToObj(line -> ErrorDetail.Range.lines(line, line))
        .toList();
  }
}
