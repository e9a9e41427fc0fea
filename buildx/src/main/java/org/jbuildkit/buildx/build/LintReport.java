package org.jbuildkit.buildx.build;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.SourceExcerpt;

/** What the checks of a Dockerfile found. */
record LintReport(List<Warning> warnings, Optional<BuildException> error) {

  /** One finding; its place is empty if it has none. */
  record Warning(String rule, String url, String detail, Optional<ErrorDetail.Source> place) {
    private int line() {
      return place.map(source -> source.ranges().getFirst().startLine()).orElse(0);
    }
  }

  /**
   * @param dockerfile how the Dockerfile is called
   */
  static LintReport parse(String text, String dockerfile) {
    var json = Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
    var sources = json.array("sources");
    var warnings = new ArrayList<Warning>();
    for (var element : json.array("warnings")) {
      if (element instanceof Json.Obj warning) {
        warnings.add(
            new Warning(
                warning.text("ruleName"),
                warning.text("url"),
                warning.text("detail"),
                place(warning.object("location"), sources, dockerfile)));
      }
    }
    warnings.sort(
        Comparator.comparing((Warning warning) -> warning.place().isPresent())
            .thenComparing(warning -> warning.place().map(ErrorDetail.Source::filename).orElse(""))
            .thenComparingInt(Warning::line)
            .thenComparing(warning -> warning.line() == 0 ? warning.rule() : ""));
    var error = json.object("buildError");
    return new LintReport(
        warnings,
        error.members().isEmpty()
            ? Optional.empty()
            : Optional.of(failure(error, sources, dockerfile)));
  }

  private static BuildException failure(Json.Obj error, List<Json> sources, String dockerfile) {
    var failure = BuildException.failed(error.text("message"));
    return place(error.object("location"), sources, dockerfile)
        .map(failure::withDetail)
        .orElse(failure);
  }

  private static Optional<ErrorDetail.Source> place(
      Json.Obj location, List<Json> sources, String dockerfile) {
    int index = (int) location.number("sourceIndex");
    var ranges = new ArrayList<ErrorDetail.Range>();
    for (var element : location.array("ranges")) {
      if (element instanceof Json.Obj range) {
        ranges.add(
            ErrorDetail.Range.lines(
                (int) range.object("start").number("line"),
                (int) range.object("end").number("line")));
      }
    }
    if (ranges.isEmpty()
        || index < 0
        || index >= sources.size()
        || !(sources.get(index) instanceof Json.Obj source)) {
      return Optional.empty();
    }
    return Optional.of(
        new ErrorDetail.Source(
            dockerfile,
            source.text("language"),
            Base64.getDecoder().decode(source.text("data")),
            new byte[0],
            ranges));
  }

  /**
   * Prints the findings.
   *
   * @throws BuildException the error that kept the checks from going on, if there was one
   */
  void print(PrintStream out) {
    if (!warnings.isEmpty()) {
      out.println(
          warnings.size() == 1
              ? "Check complete, 1 warning has been found!"
              : "Check complete, " + warnings.size() + " warnings have been found!");
    } else if (error.isEmpty()) {
      out.println("Check complete, no warnings found.");
    }
    for (var warning : warnings) {
      out.println();
      out.println(
          "WARNING: " + warning.rule() + (warning.url().isEmpty() ? "" : " - " + warning.url()));
      out.println(warning.detail());
      warning.place().flatMap(SourceExcerpt::of).ifPresent(out::print);
    }
    out.flush();
    if (error.isPresent()) {
      throw error.get();
    }
  }
}
