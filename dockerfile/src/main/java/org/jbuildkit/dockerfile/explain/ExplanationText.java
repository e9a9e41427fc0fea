package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jbuildkit.dockerfile.explain.Explanation.Graph;
import org.jbuildkit.dockerfile.explain.Explanation.Stage;

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
    line(
        "%s: %s for %s"
            .formatted(
                Shown.line(filename), Shown.line(graph.targetStage().name()), graph.platform()));
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

  private void line(String text) {
    out.append(text.stripTrailing()).append('\n');
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
      return "not built: " + Shown.line(stage.skipped());
    }
    var role =
        stage.index() == graph.target()
            ? "the target"
            : "needed by " + Shown.line(String.join(", ", stage.neededBy()));
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
      line("  %s: %s".formatted(source.id(), Shown.line(source.kind() + " " + source.name())));
      var rows = new ArrayList<List<String>>();
      rows.add(List.of("vertex", source.digest()));
      for (var part : source.attributes()) {
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
    line("STAGE %s, starts from %s".formatted(Shown.line(stage.name()), base(stage)));
    for (var step : stage.steps()) {
      var label = step.label().isEmpty() ? "" : "[" + Shown.line(step.label()) + "] ";
      var trigger = step.isTrigger() ? "ONBUILD " : "";
      var text = trigger + Shown.line(step.instruction());
      line("  %sline %d: %s".formatted(label, step.firstLine(), text));
      step.vertices().forEach(vertex -> rows("      ", VertexRows.of(names, step, vertex)));
    }
    line("");
  }

  private String base(Stage stage) {
    return stage.from().isEmpty() ? "the empty tree" : names.of(stage.from());
  }
}
