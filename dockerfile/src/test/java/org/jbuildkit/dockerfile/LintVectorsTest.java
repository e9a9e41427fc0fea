package org.jbuildkit.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jbuildkit.base.Json;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Build checks as the lint request answers: rule, lines, text, in the order of their firing. */
class LintVectorsTest {
  @TestFactory
  Stream<DynamicTest> checksFireWhereUpstreamsDo() throws IOException {
    return VectorCase.tests("lint.txt", c -> assertThat(lint(c)).isEqualTo(c.wanted()));
  }

  private static List<String> lint(VectorCase c) throws InterruptedException {
    c.options().put("requestid", "frontend.lint");
    var result = DockerfileFrontend.solve(c.client());
    var json = Json.parseObject(result.metadata().getOrDefault("result.json", new byte[0]));
    var found = new ArrayList<String>();
    for (var warning : json.array("warnings")) {
      if (warning instanceof Json.Obj w) {
        found.add(w.text("ruleName") + place(w.object("location")) + " " + w.text("detail"));
      }
    }
    var error = json.object("buildError").text("message");
    if (!error.isEmpty()) {
      found.add("E: " + error);
    }
    return found;
  }

  private static String place(Json.Obj location) {
    var ranges = location.array("ranges");
    if (ranges.isEmpty()) {
      return "";
    }
    var first = ((Json.Obj) ranges.getFirst()).object("start").number("line");
    var last = ((Json.Obj) ranges.getLast()).object("end").number("line");
    return " " + first + (first == last ? "" : "-" + last);
  }
}
