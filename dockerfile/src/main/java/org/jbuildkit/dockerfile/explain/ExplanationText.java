package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jbuildkit.dockerfile.explain.Explanation.Graph;
import org.jbuildkit.dockerfile.explain.Explanation.Stage;
import org.jbuildkit.dockerfile.explain.Explanation.Vertex;

/** An explanation for people at a terminal. */
public final class ExplanationText {
  private final StringBuilder out = new StringBuilder();
  private final Graph graph;
  private final Names names;

  private ExplanationText(Graph graph) {
    this.graph = graph;
    this.names = new Names(graph);
  }

  public static String of(Explanation explanation) {
    return explanation.graphs().stream()
        .map(graph -> new ExplanationText(graph).write(explanation.filename()))
        .collect(Collectors.joining("\n"));
  }

  private String write(String filename) {
    line("%s: %s for %s", filename, graph.targetStage().name(), graph.platform());
    line("");
    stages();
    arguments();
    sources();
    for (var stage : graph.stages()) {
      if (!stage.isSkipped()) {
        stage(stage);
      }
    }
    return out.toString();
  }

  private void line(String format, Object... values) {
    out.append(format.formatted(values).stripTrailing()).append('\n');
  }

  /** Rows of cells under each other. */
  private void rows(String indent, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int columns = rows.getFirst().size();
    var widths = new int[columns];
    for (var row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    for (var row : rows) {
      var line = new StringBuilder(indent);
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - length(row.get(i)) + 2));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private void stages() {
    var rows = new ArrayList<List<String>>();
    for (var stage : graph.stages()) {
      rows.add(
          List.of(
              Shown.line(stage.name()),
              "line " + stage.line(),
              "FROM " + Shown.line(stage.base()),
              stage.platform(),
              role(stage)));
    }
    line("STAGES");
    rows("  ", rows);
    line("");
  }

  private String role(Stage stage) {
    if (stage.isSkipped()) {
      return "not built: " + stage.skipped();
    }
    var role =
        stage.index() == graph.target()
            ? "the target"
            : "needed by " + String.join(", ", stage.neededBy());
    return stage.replacedBy().isEmpty()
        ? role
        : role + "; replaced by the context " + Shown.line(stage.replacedBy());
  }

  private void arguments() {
    if (graph.arguments().isEmpty()) {
      return;
    }
    line("ARGUMENTS");
    var rows = new ArrayList<List<String>>();
    for (var argument : graph.arguments()) {
      var lines = argument.lines().stream().map(String::valueOf).collect(Collectors.joining(", "));
      rows.add(
          List.of(
              Shown.line(argument.name() + "=" + argument.value()),
              argument.from(),
              lines.isEmpty() ? argument.note() : "declared in line " + lines));
    }
    rows("  ", rows);
    line("");
  }

  private void sources() {
    if (graph.sources().isEmpty()) {
      return;
    }
    line("SOURCES");
    for (var source : graph.sources()) {
      line("  %s: %s", source.id(), Shown.line(source.kind() + " " + source.name()));
      var rows = new ArrayList<List<String>>();
      rows.add(List.of("vertex", source.digest()));
      for (var part : source.key()) {
        if (!part.name().equals("digest")) {
          rows.add(List.of(part.name(), Shown.line(part.value())));
        }
      }
      source.notes().forEach(note -> rows.add(List.of("note", note)));
      rows("      ", rows);
    }
    line("");
  }

  private void stage(Stage stage) {
    line("STAGE %s, starts from %s", Shown.line(stage.name()), base(stage));
    for (var step : stage.steps()) {
      var label = step.label().isEmpty() ? "" : "[" + Shown.line(step.label()) + "] ";
      var trigger = step.isTrigger() ? "ONBUILD " : "";
      var text = trigger + Shown.line(step.instruction());
      line("  %sline %d: %s", label, step.firstLine(), text);
      step.vertices().forEach(vertex -> vertex(step, vertex));
    }
    line("");
  }

  private String base(Stage stage) {
    return stage.from().isEmpty() ? "the empty tree" : names.of(stage.from());
  }

  private void vertex(Explanation.Step step, Vertex vertex) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("vertex", vertex.kind() + " " + vertex.digest()));
    if (!vertex.sameAs().isEmpty()) {
      rows.add(List.of("same as", names.of(vertex.sameAs()) + ", which is looked up and run once"));
      rows("      ", rows);
      return;
    }
    if (!vertex.runs()) {
      rows.add(List.of("not run", "nothing that the target needs takes from it"));
    }
    if (vertex.ignoresCache()) {
      rows.add(List.of("no cache", "runs anew whatever is cached"));
    }
    for (var input : vertex.inputs()) {
      var name = input.ref().equals(step.id()) ? "the vertex before" : names.of(input.ref());
      if (input.contents().isEmpty()) {
        rows.add(List.of("after", name));
      } else {
        contents(input).forEach(content -> rows.add(List.of("content", content + " of " + name)));
      }
    }
    for (var part : vertex.key()) {
      rows.add(List.of(part.name(), Shown.line(part.value()) + origin(part)));
    }
    vertex.outside().forEach(text -> rows.add(List.of("not in key", Shown.line(text))));
    rows("      ", rows);
  }

  private static Iterable<String> contents(Explanation.Input input) {
    var texts = new LinkedHashSet<String>();
    for (var content : input.contents()) {
      var text = new StringBuilder(Shown.line(content.path()));
      content.include().forEach(pattern -> text.append(" with ").append(Shown.line(pattern)));
      content.exclude().forEach(pattern -> text.append(" without ").append(Shown.line(pattern)));
      texts.add(text.toString());
    }
    return texts;
  }

  private static String origin(Explanation.KeyPart part) {
    if (part.from().isEmpty()) {
      return "";
    }
    var verb = part.from().matches("ARG|ENV") ? " in line " : ", declared in line ";
    return "  (" + part.from() + (part.line() > 0 ? verb + part.line() : "") + ")";
  }
}
