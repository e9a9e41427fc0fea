package org.jbuildkit.dockerfile;

import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.jbuildkit.llb.SourceText;

/** Gives errors the place in the file that they arose from. */
record Places(SourceText text) {

  /** Something that may fail while an instruction is looked at. */
  @FunctionalInterface
  interface Work {
    void run() throws InterruptedException;
  }

  void during(Line line, Work work) throws InterruptedException {
    try {
      work.run();
    } catch (BuildException e) {
      throw at(line, e);
    }
  }

  /** The error with the line's place, unless it has one. */
  BuildException at(Line line, BuildException error) {
    boolean known = error.details().stream().anyMatch(ErrorDetail.Source.class::isInstance);
    return known ? error : also(line, error);
  }

  /** The error as one of the file, with no place in it. */
  BuildException nowhere(BuildException error) {
    return error.withDetail(detail(List.of()));
  }

  /** The error with the line's place besides those it has. */
  BuildException also(Line line, BuildException error) {
    return error.withDetail(detail(line.ranges()));
  }

  /** A mistake in the text as an error with its place. */
  BuildException syntax(SyntaxException e) {
    var error = new BuildException(ErrorCode.UNKNOWN, BuildException.describe(e), e);
    return e.firstLine() == 0 ? error : error.withDetail(detail(e.ranges()));
  }

  /** The error with ranges that it is about. */
  BuildException at(List<ErrorDetail.Range> ranges, BuildException error) {
    return error.withDetail(detail(ranges));
  }

  private ErrorDetail detail(List<ErrorDetail.Range> ranges) {
    var definition = text.definition().map(d -> d.toByteArray()).orElse(new byte[0]);
    return new ErrorDetail.Source(
        text.filename(), text.language(), text.data(), definition, ranges);
  }
}
