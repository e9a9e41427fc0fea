package org.jbuildkit.dockerfile.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jbuildkit.dockerfile.explain.Explanation.Graph;
import org.jbuildkit.dockerfile.explain.Explanation.Source;
import org.jbuildkit.dockerfile.explain.Explanation.Stage;
import org.jbuildkit.dockerfile.explain.Explanation.Step;

/**
 * Draws one platform's graph: sources at the left, every stage to the right of all that it takes
 * from, and below them what is not built. Lengths are in pixels.
 */
final class GraphPicture {
  private static final int MARGIN = 24;
  private static final int WIDTH = 350;
  private static final int GAP = 90;
  private static final int HEAD = 44;
  private static final int ROW = 40;
  private static final int PADDING = 8;
  private static final int TIP = 8;

  private static final int MOST_WORDS = 100;

  /** As many characters as a box has place for. */
  private static final int LETTERS = 44;

  private final Graph graph;
  private final Names names;
  private final int top;
  private final Map<String, Box> boxes = new HashMap<>();
  private final List<Integer> columnEnds = new ArrayList<>();
  private final StringBuilder nodes = new StringBuilder();
  private final StringBuilder edges = new StringBuilder();
  private final Set<String> drawn = new LinkedHashSet<>();
  private int bottom;

  /** Where something is that edges lead to and from. */
  private record Box(int x, int y, int width, int height) {
    int middle() {
      return y + height / 2;
    }
  }

  GraphPicture(Graph graph, int top) {
    this.graph = graph;
    this.names = new Names(graph);
    this.top = top;
  }

  int bottom() {
    return bottom;
  }

  int right() {
    return MARGIN + columnEnds.size() * (WIDTH + GAP) - GAP + MARGIN;
  }

  String draw(String filename) {
    var title = "%s: %s for %s".formatted(filename, graph.targetStage().name(), graph.platform());
    text(MARGIN, top + 28, "head", title, 200);
    graph.sources().forEach(this::source);
    var columns = new HashMap<Integer, Integer>();
    for (var stage : graph.stages()) {
      if (!stage.isSkipped()) {
        columns.put(stage.index(), column(stage, columns));
        stage(stage, columns.get(stage.index()));
      }
    }
    bottom = columnEnds.stream().max(Integer::compare).orElse(top + HEAD);
    graph.stages().stream().filter(Stage::isSkipped).forEach(this::skipped);
    text(
        MARGIN,
        bottom + 14,
        "more",
        "line: keyed by the step it comes from · dashed: keyed by the content taken · thick"
            + " frame: runs anew",
        200);
    bottom += 30;
    graph.stages().stream().filter(stage -> !stage.isSkipped()).forEach(this::edges);
    return edges.toString() + nodes;
  }

  /** The next free place in a column. */
  private int place(int column, int height) {
    while (columnEnds.size() <= column) {
      columnEnds.add(top + HEAD);
    }
    int y = columnEnds.get(column);
    columnEnds.set(column, y + height + MARGIN);
    return y;
  }

  private static int x(int column) {
    return MARGIN + column * (WIDTH + GAP);
  }

  /** To the right of all stages taken from. */
  private int column(Stage stage, Map<Integer, Integer> columns) {
    int column = graph.sources().isEmpty() ? 0 : 1;
    for (var ref : refs(stage).toList()) {
      if (ref.matches("[0-9]+\\..*")) {
        int other = Integer.parseInt(ref.substring(0, ref.indexOf('.')));
        if (other != stage.index()) {
          column = Math.max(column, columns.getOrDefault(other, 0) + 1);
        }
      }
    }
    return column;
  }

  private static Stream<String> refs(Stage stage) {
    return Stream.concat(
        Stream.of(stage.from()),
        stage.steps().stream()
            .flatMap(step -> step.vertices().stream())
            .flatMap(vertex -> vertex.inputs().stream())
            .map(Explanation.Input::ref));
  }

  private void source(Source source) {
    var box = new Box(x(0), place(0, ROW), WIDTH, ROW);
    boxes.put(source.id(), box);
    var lines = new ArrayList<String>();
    lines.add("%s: %s %s".formatted(source.id(), source.kind(), source.name()));
    lines.add("vertex " + source.digest());
    source.attributes().forEach(part -> lines.add(part.name() + " " + part.value()));
    lines.addAll(source.notes());
    begin("", lines);
    rect(box, "source", 12);
    var name = source.name().replaceFirst("@sha256:.*", "");
    text(box.x() + PADDING, box.y() + 16, "", source.kind() + " " + name, LETTERS);
    text(box.x() + PADDING, box.y() + 32, "more", "vertex " + brief(source.digest()), LETTERS);
    end();
  }

  private static String brief(String digest) {
    return digest.length() > 19 ? digest.substring(7, 19) : digest;
  }

  private void stage(Stage stage, int column) {
    var steps = stage.steps().stream().filter(step -> !step.vertices().isEmpty()).toList();
    int height = HEAD + steps.size() * ROW + PADDING;
    var box = new Box(x(column), place(column, height), WIDTH, height);
    boxes.put(stage.index() + ".from", new Box(box.x(), box.y(), box.width(), HEAD));
    boxes.put(stage.index() + ".0", new Box(box.x(), box.y(), box.width(), HEAD));
    begin("", List.of("stage " + stage.name() + ", line " + stage.line(), "FROM " + stage.base()));
    rect(box, stage.index() == graph.target() ? "stage target" : "stage", 6);
    text(box.x() + PADDING, box.y() + 18, "head", stage.name(), 36);
    var more = "FROM %s, line %d, %s".formatted(stage.base(), stage.line(), stage.platform());
    text(box.x() + PADDING, box.y() + 34, "more", more, LETTERS + 4);
    end();
    int y = box.y() + HEAD;
    for (var step : steps) {
      step(step, new Box(box.x() + PADDING, y, box.width() - 2 * PADDING, ROW - 4));
      y += ROW;
    }
  }

  private void step(Step step, Box box) {
    boxes.put(step.id(), box);
    var last = step.vertices().getLast();
    boolean isAnew = step.vertices().stream().anyMatch(Explanation.Vertex::ignoresCache);
    var lines = new ArrayList<String>();
    lines.add("[%s] line %d: %s".formatted(step.label(), step.firstLine(), step.instruction()));
    for (var vertex : step.vertices()) {
      VertexRows.of(names, step, vertex).forEach(row -> lines.add(String.join(" ", row)));
    }
    begin(last.runs() ? "" : "unused", lines);
    rect(box, isAnew ? "step anew" : "step", 4);
    text(box.x() + 6, box.y() + 15, "", unmounted(step.instruction()), LETTERS - 1);
    var same = last.sameAs().isEmpty() ? "" : ", same as " + names.of(last.sameAs());
    var more =
        "line %d, %s %s%s".formatted(step.firstLine(), last.kind(), brief(last.digest()), same);
    text(box.x() + 6, box.y() + 29, "more", more, LETTERS);
    end();
  }

  /** The instruction without the mounts before its command, which would leave no place for it. */
  private static String unmounted(String instruction) {
    var words = instruction.split("\\s+", MOST_WORDS);
    int first = 1;
    while (first < words.length - 1 && words[first].startsWith("--mount=")) {
      first++;
    }
    if (words.length == 1) {
      return instruction;
    }
    return words[0] + " " + String.join(" ", List.of(words).subList(first, words.length));
  }

  private void skipped(Stage stage) {
    var box = new Box(MARGIN, bottom, right() - 2 * MARGIN, HEAD);
    int letters = box.width() / 8;
    begin("unused", List.of("stage " + stage.name() + ", line " + stage.line(), stage.skipped()));
    rect(box, "skipped", 6);
    var name = "%s, line %d: FROM %s".formatted(stage.name(), stage.line(), stage.base());
    text(box.x() + PADDING, box.y() + 18, "", name, letters);
    var reason = "not built: " + stage.skipped();
    text(box.x() + PADDING, box.y() + 34, "more", reason, letters);
    end();
    bottom += HEAD + PADDING;
  }

  private void edges(Stage stage) {
    edge(stage.from(), stage.index() + ".from", false);
    for (var step : stage.steps()) {
      for (var vertex : step.vertices()) {
        for (var input : vertex.inputs()) {
          if (!isInside(stage, input.ref()) && !input.ref().equals(stage.from())) {
            edge(input.ref(), step.id(), !input.contents().isEmpty());
          }
        }
      }
    }
  }

  /** Steps of one stage stand under each other and need no edge. */
  private static boolean isInside(Stage stage, String ref) {
    return ref.startsWith(stage.index() + ".");
  }

  private void edge(String from, String to, boolean isByContent) {
    var start = boxes.get(from);
    var target = boxes.get(to);
    if (start == null || target == null || !drawn.add(from + " " + to + " " + isByContent)) {
      return;
    }
    int x = start.x() + start.width();
    int end = target.x() - TIP;
    int bend = Math.max(GAP / 2, (end - x) / 3);
    edges.append(
        "<path class=\"%s\" d=\"M%d %d C%d %d %d %d %d %d\"/>\n"
            .formatted(
                isByContent ? "edge content" : "edge",
                x,
                start.middle(),
                x + bend,
                start.middle(),
                end - bend,
                target.middle(),
                end,
                target.middle()));
    nodes.append(
        "<path class=\"%s\" d=\"M%d %d l%d %d v%d z\"/>\n"
            .formatted(
                isByContent ? "tip content-tip" : "tip",
                target.x(),
                target.middle(),
                -TIP,
                -TIP / 2,
                TIP));
  }

  // Parts of the document.

  private void begin(String style, List<String> tooltip) {
    var lines = tooltip.stream().map(ExplanationPicture::xml).collect(Collectors.joining("\n"));
    nodes
        .append(style.isEmpty() ? "<g>" : "<g class=\"%s\">".formatted(style))
        .append("<title>")
        .append(lines)
        .append("</title>\n");
  }

  private void end() {
    nodes.append("</g>\n");
  }

  private void rect(Box box, String style, int radius) {
    nodes.append(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n"
            .formatted(style, box.x(), box.y(), box.width(), box.height(), radius));
  }

  private void text(int x, int y, String style, String text, int letters) {
    var shown = Shown.line(text, letters);
    if (text.codePointCount(0, text.length()) > letters) {
      shown = Shown.line(text.substring(0, text.offsetByCodePoints(0, letters - 1)), letters) + "…";
    }
    nodes.append(
        "<text%s x=\"%d\" y=\"%d\">%s</text>\n"
            .formatted(
                style.isEmpty() ? "" : " class=\"" + style + "\"",
                x,
                y,
                ExplanationPicture.xml(shown)));
  }
}
