package org.jbuildkit.base;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The lines of a source file around an error's place. */
public final class SourceExcerpt {
  private static final String RULE = "-".repeat(20);

  private SourceExcerpt() {}

  /** The excerpt with its line ends; empty where the place is outside of the file. */
  public static Optional<String> of(ErrorDetail.Source source) {
    var lines = new String(source.data(), StandardCharsets.UTF_8).split("\n", -1);
    int start = Integer.MAX_VALUE;
    int end = 0;
    for (var range : source.ranges()) {
      start = Math.min(start, range.startLine());
      end = Math.max(end, Math.max(range.startLine(), range.endLine()));
    }
    if (source.ranges().isEmpty() || start < 1 || start > lines.length) {
      return Optional.empty();
    }
    end = Math.min(end, lines.length);
    int first = start;
    int last = end;
    int budget = start == end ? 4 : 2;
    for (int used = 0; used < budget; used++) {
      if (first > 1) {
        first--;
        used++;
      }
      if (last < lines.length) {
        last++;
        used++;
      }
    }
    var text = new StringBuilder();
    text.append(source.filename()).append(':').append(start).append('\n');
    text.append(RULE).append('\n');
    for (int line = first; line <= last; line++) {
      var number = Integer.toString(line);
      text.append(' ').append(" ".repeat(Math.max(0, 3 - number.length()))).append(number);
      text.append(" | ").append(isInside(source, line) ? ">>>" : "   ").append(' ');
      text.append(lines[line - 1]).append('\n');
    }
    return Optional.of(text.append(RULE).append('\n').toString());
  }

  private static boolean isInside(ErrorDetail.Source source, int line) {
    return source.ranges().stream()
        .anyMatch(range ->
            line >= range.startLine() && line <= Math.max(range.startLine(), range.endLine()));
  }
}
