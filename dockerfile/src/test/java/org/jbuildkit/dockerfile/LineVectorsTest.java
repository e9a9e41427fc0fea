package org.jbuildkit.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.syntax.DockerfileParser;
import org.jbuildkit.dockerfile.syntax.Heredoc;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.SyntaxException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** How files are cut into instructions, flags and documents. */
class LineVectorsTest {
  @TestFactory
  Stream<DynamicTest> filesAreCutAsUpstreamCutsThem() throws IOException {
    return VectorCase.tests(
        "lines.txt", c -> assertThat(cut(c.dockerfile())).isEqualTo(c.wanted()));
  }

  private static List<String> cut(String text) {
    try {
      return DockerfileParser.parse(text.getBytes(UTF_8)).lines().stream()
          .map(LineVectorsTest::shown)
          .toList();
    } catch (SyntaxException e) {
      return List.of("E: " + e.getMessage());
    }
  }

  private static String shown(Line line) {
    var parts = new ArrayList<String>();
    parts.add(line.firstLine() + "-" + line.lastLine());
    parts.add(line.keyword());
    line.flags().forEach(flag -> parts.add("flag=" + GoQuote.quote(flag)));
    parts.add(GoQuote.quote(line.rest()));
    line.heredocs().forEach(heredoc -> parts.add(shown(heredoc)));
    line.comments().forEach(comment -> parts.add("# " + comment));
    return String.join(" ", parts);
  }

  private static String shown(Heredoc heredoc) {
    return "<<%s%s%s=%s"
        .formatted(
            heredoc.chomps() ? "-" : "",
            heredoc.expands() ? "" : "'",
            heredoc.name(),
            GoQuote.quote(heredoc.body()));
  }
}
