package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.SourceExcerpt;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.SourceText;
import org.jbuildkit.protocol.json.MessageJson;

/** All findings of one file, and the mistake that ended the search if there was one. */
final class LintReport {
  private final SourceText source;
  private final List<Linter.Finding> findings = new ArrayList<>();
  private Optional<BuildException> error = Optional.empty();

  LintReport(SourceText source) {
    this.source = source;
  }

  void add(Linter.Finding finding) {
    findings.add(finding);
  }

  void failed(BuildException e) {
    error = Optional.of(e);
  }

  FrontendResult answer() {
    var answer = Subrequests.answer(json(), text());
    var metadata = new LinkedHashMap<>(answer.metadata());
    boolean isClean = findings.isEmpty() && error.isEmpty();
    metadata.put("result.statuscode", (isClean ? "0" : "1").getBytes(UTF_8));
    return new FrontendResult(answer.trees(), false, metadata);
  }

  private Json json() {
    Json warnings =
        findings.isEmpty()
            ? new Json.Null()
            : new Json.Arr(findings.stream().<Json>map(LintReport::warning).toList());
    var json =
        Json.object()
            .put("warnings", warnings)
            .put("sources", new Json.Arr(List.of(MessageJson.plain(Definitions.info(source)))));
    error.ifPresent(e ->
        json.put(
            "buildError",
            Json.object()
                .put("message", BuildException.describe(e))
                .put("location", Subrequests.location(merged(e)))
                .build()));
    return json.build();
  }

  private static Json warning(Linter.Finding finding) {
    return Json.object()
        .put("ruleName", finding.rule().title())
        .putUnlessEmpty("description", finding.rule().description())
        .putUnlessEmpty("url", finding.rule().url())
        .putUnlessEmpty("detail", finding.text())
        .put("location", Subrequests.location(finding.ranges()))
        .build();
  }

  /** All lines that an error names, those that overlap made one. */
  private static List<ErrorDetail.Range> merged(BuildException e) {
    var ranges = new ArrayList<ErrorDetail.Range>();
    e.details().stream()
        .filter(ErrorDetail.Source.class::isInstance)
        .flatMap(detail -> ((ErrorDetail.Source) detail).ranges().stream())
        .sorted(Comparator.comparingInt(ErrorDetail.Range::startLine))
        .forEach(range -> {
          if (!ranges.isEmpty() && range.startLine() <= ranges.getLast().endLine()) {
            var last = ranges.removeLast();
            int end = Math.max(last.endLine(), range.endLine());
            ranges.add(
                new ErrorDetail.Range(
                    last.startLine(), last.startCharacter(), end, last.endCharacter()));
          } else {
            ranges.add(range);
          }
        });
    return ranges;
  }

  private String text() {
    var sorted = new ArrayList<>(findings);
    sorted.sort(Comparator.comparingInt(LintReport::firstLine));
    var out = new StringBuilder();
    for (var finding : sorted) {
      var url = finding.rule().url();
      out.append("\nWARNING: ").append(finding.rule().title());
      out.append(url.isEmpty() ? "" : " - " + url).append('\n');
      out.append(finding.text()).append('\n');
      var place =
          new ErrorDetail.Source(
              source.filename(), source.language(), source.data(), new byte[0], finding.ranges());
      out.append(SourceExcerpt.of(place).orElse(""));
    }
    return out.toString();
  }

  private static int firstLine(Linter.Finding finding) {
    return finding.ranges().isEmpty() ? 0 : finding.ranges().getFirst().startLine();
  }
}
