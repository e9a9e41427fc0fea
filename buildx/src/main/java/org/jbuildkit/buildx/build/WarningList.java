package org.jbuildkit.buildx.build;

import java.io.PrintStream;
import java.util.List;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.SourceExcerpt;
import org.jbuildkit.protocol.control.VertexWarning;

/** Warnings below a build's progress. */
final class WarningList {
  private static final String YELLOW = "\u001b[33m";
  private static final String RESET = "\u001b[0m";

  private WarningList() {}

  static void print(List<VertexWarning> warnings, boolean isDebug, PrintStream err) {
    if (warnings.isEmpty()) {
      return;
    }
    var text = new StringBuilder("\n ").append(YELLOW);
    text.append(warnings.size() == 1 ? "1 warning" : warnings.size() + " warnings")
        .append(" found");
    text.append(isDebug ? "" : " (use docker --debug to expand)").append(":\n").append(RESET);
    for (var warning : warnings) {
      text.append(" - ").append(warning.getShort().toStringUtf8()).append('\n');
      if (isDebug) {
        expand(warning, text);
      }
    }
    err.print(text);
    err.flush();
  }

  private static void expand(VertexWarning warning, StringBuilder text) {
    warning.getDetailList().forEach(line -> text.append(line.toStringUtf8()).append('\n'));
    if (!warning.getUrl().isEmpty()) {
      text.append("More info: ").append(warning.getUrl()).append('\n');
    }
    source(warning).flatMap(SourceExcerpt::of).ifPresent(text::append);
    text.append('\n');
  }

  private static java.util.Optional<ErrorDetail.Source> source(VertexWarning warning) {
    if (!warning.hasInfo()) {
      return java.util.Optional.empty();
    }
    var ranges =
        warning.getRangesList().stream()
            .map(range ->
                new ErrorDetail.Range(
                    range.getStart().getLine(),
                    range.getStart().getCharacter(),
                    range.getEnd().getLine(),
                    range.getEnd().getCharacter()))
            .toList();
    var info = warning.getInfo();
    return java.util.Optional.of(
        new ErrorDetail.Source(
            info.getFilename(),
            info.getLanguage(),
            info.getData().toByteArray(),
            new byte[0],
            ranges));
  }
}
