package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.dockerfile.explain.Explanation.Input;
import org.jbuildkit.dockerfile.explain.Explanation.KeyPart;
import org.jbuildkit.dockerfile.explain.Explanation.Step;
import org.jbuildkit.dockerfile.explain.Explanation.Vertex;

/** What is told of a vertex, in rows of a name and a text that may be shown. */
final class VertexRows {
  private final List<List<String>> rows = new ArrayList<>();

  private VertexRows() {}

  static List<List<String>> of(Names names, Step step, Vertex vertex) {
    var told = new VertexRows();
    told.add("vertex", vertex.kind() + " " + vertex.digest());
    if (!vertex.sameAs().isEmpty()) {
      told.add("same as", names.of(vertex.sameAs()) + ", which is looked up and run once");
      return told.rows;
    }
    if (!vertex.runs()) {
      told.add("not run", "nothing that the target needs takes from it");
    }
    if (vertex.ignoresCache()) {
      told.add("no cache", "runs anew whatever is cached");
    }
    for (var input : vertex.inputs()) {
      told.input(
          input, input.ref().equals(step.id()) ? "the vertex before" : names.of(input.ref()));
    }
    for (var part : vertex.key()) {
      told.add(part.name(), Shown.line(part.value()) + origin(part));
    }
    vertex.outside().forEach(text -> told.add("not in key", Shown.line(text)));
    return told.rows;
  }

  private void add(String name, String text) {
    rows.add(List.of(name, text));
  }

  private void input(Input input, String name) {
    if (input.contents().isEmpty()) {
      add("after", name);
    } else {
      contents(input).forEach(content -> add("content", content + " of " + name));
    }
  }

  private static Set<String> contents(Input input) {
    var texts = new LinkedHashSet<String>();
    for (var content : input.contents()) {
      var text = new StringBuilder(Shown.line(content.path()));
      content.include().forEach(pattern -> text.append(" with ").append(Shown.line(pattern)));
      content.exclude().forEach(pattern -> text.append(" without ").append(Shown.line(pattern)));
      texts.add(text.toString());
    }
    return texts;
  }

  private static String origin(KeyPart part) {
    if (part.from().isEmpty()) {
      return "";
    }
    var verb = part.from().matches("ARG|ENV") ? " in line " : ", declared in line ";
    return "  (" + part.from() + (part.line() > 0 ? verb + part.line() : "") + ")";
  }
}
