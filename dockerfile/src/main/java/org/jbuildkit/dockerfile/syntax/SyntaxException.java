package org.jbuildkit.dockerfile.syntax;

import java.util.List;
import java.util.stream.IntStream;
import org.jbuildkit.base.ErrorDetail;

/** Text that is no Dockerfile, and the lines that say so. */
public final class SyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int firstLine;
  private final int lastLine;

  /**
   * @param firstLine counted from 1; 0 if there is no place to name
   */
  public SyntaxException(String message, int firstLine, int lastLine) {
    super(message);
    this.firstLine = firstLine;
    this.lastLine = lastLine;
  }

  public int firstLine() {
    return firstLine;
  }

  public int lastLine() {
    return lastLine;
  }

  /** One range for each line. */
  public List<ErrorDetail.Range> ranges() {
    return IntStream.rangeClosed(firstLine, lastLine)
        .mapToObj(line -> ErrorDetail.Range.lines(line, line))
        .toList();
  }
}
