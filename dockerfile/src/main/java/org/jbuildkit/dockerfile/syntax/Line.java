package org.jbuildkit.dockerfile.syntax;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
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
    return descriptions().getOrDefault(name, "");
  }

  /** All descriptions that the comments give, by the names that they start with. */
  public Map<String, String> descriptions() {
    var descriptions = new HashMap<String, String>();
    for (var comment : comments) {
      int space = comment.indexOf(' ');
      if (space >= 0) {
        descriptions.putIfAbsent(comment.substring(0, space), comment.substring(space + 1));
      }
    }
    return descriptions;
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
    return new Lines(firstLine, lastLine);
  }

  /** Ranges that are made when they are looked at: an instruction may have very many lines. */
  private static final class Lines extends AbstractList<ErrorDetail.Range> implements RandomAccess {
    private final int first;
    private final int last;

    Lines(int first, int last) {
      this.first = first;
      this.last = last;
    }

    @Override
    public ErrorDetail.Range get(int index) {
      int line = first + Objects.checkIndex(index, size());
      return ErrorDetail.Range.lines(line, line);
    }

    @Override
    public int size() {
      return Math.max(0, last - first + 1);
    }
  }
}
