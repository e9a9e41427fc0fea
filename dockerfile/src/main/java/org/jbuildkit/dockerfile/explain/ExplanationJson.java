package org.jbuildkit.dockerfile.explain;

import java.util.List;
import java.util.function.Function;
import org.jbuildkit.base.Json;

/** An explanation for programs. Members are only ever added. */
public final class ExplanationJson {
  private ExplanationJson() {}

  public static Json.Obj of(Explanation explanation) {
    return Json.object()
        .put("filename", explanation.filename())
        .put("graphs", list(explanation.graphs(), ExplanationJson::graph))
        .build();
  }

  private static <T> Json list(List<T> items, Function<T, Json> json) {
    return new Json.Arr(items.stream().map(json).toList());
  }

  private static <T> void putUnlessEmpty(
      Json.ObjBuilder json, String name, List<T> items, Function<T, Json> element) {
    if (!items.isEmpty()) {
      json.put(name, list(items, element));
    }
  }

  private static Json graph(Explanation.Graph graph) {
    var json =
        Json.object()
            .put("platform", graph.platform())
            .put("target", graph.targetStage().name())
            .put("stages", list(graph.stages(), stage -> stage(graph, stage)))
            .put("sources", list(graph.sources(), ExplanationJson::source));
    putUnlessEmpty(json, "arguments", graph.arguments(), ExplanationJson::argument);
    return json.build();
  }

  private static Json stage(Explanation.Graph graph, Explanation.Stage stage) {
    var json =
        Json.object()
            .put("name", stage.name())
            .put("index", stage.index())
            .put("line", stage.line())
            .put("base", stage.base())
            .putUnlessEmpty("from", stage.from())
            .putUnlessEmpty("platform", stage.platform())
            .put("target", stage.index() == graph.target())
            .put("built", !stage.isSkipped())
            .putUnlessEmpty("skipped", stage.skipped())
            .putUnlessEmpty("replacedBy", stage.replacedBy())
            .putUnlessEmpty("needs", stage.needs())
            .putUnlessEmpty("neededBy", stage.neededBy());
    putUnlessEmpty(json, "steps", stage.steps(), ExplanationJson::step);
    return json.build();
  }

  private static Json step(Explanation.Step step) {
    var json =
        Json.object()
            .put("id", step.id())
            .putUnlessEmpty("label", step.label())
            .put("firstLine", step.firstLine())
            .put("lastLine", step.lastLine())
            .put("instruction", step.instruction())
            .putUnlessFalse("trigger", step.isTrigger());
    putUnlessEmpty(json, "vertices", step.vertices(), ExplanationJson::vertex);
    return json.build();
  }

  private static Json vertex(Explanation.Vertex vertex) {
    var json =
        Json.object()
            .put("kind", vertex.kind())
            .put("digest", vertex.digest())
            .put("name", vertex.name())
            .put("runs", vertex.runs())
            .putUnlessFalse("ignoresCache", vertex.ignoresCache())
            .putUnlessEmpty("sameAs", vertex.sameAs());
    putUnlessEmpty(json, "inputs", vertex.inputs(), ExplanationJson::input);
    putUnlessEmpty(json, "key", vertex.key(), ExplanationJson::part);
    return json.putUnlessEmpty("notInKey", vertex.outside()).build();
  }

  private static Json input(Explanation.Input input) {
    var json = Json.object().put("ref", input.ref()).put("digest", input.digest());
    putUnlessEmpty(json, "contents", input.contents(), ExplanationJson::content);
    return json.build();
  }

  private static Json content(Explanation.Content content) {
    return Json.object()
        .put("path", content.path())
        .putUnlessEmpty("include", content.include())
        .putUnlessEmpty("exclude", content.exclude())
        .build();
  }

  private static Json part(Explanation.KeyPart part) {
    return Json.object()
        .put("name", part.name())
        .put("value", part.value())
        .putUnlessEmpty("from", part.from())
        .putUnlessZero("line", part.line())
        .build();
  }

  private static Json source(Explanation.Source source) {
    var json =
        Json.object()
            .put("id", source.id())
            .put("kind", source.kind())
            .put("name", source.name())
            .put("digest", source.digest());
    putUnlessEmpty(json, "attributes", source.attributes(), ExplanationJson::part);
    return json.putUnlessEmpty("notes", source.notes()).build();
  }

  private static Json argument(Explanation.Argument argument) {
    var json =
        Json.object()
            .put("name", argument.name())
            .put("value", argument.value())
            .put("from", argument.from());
    putUnlessEmpty(json, "lines", argument.lines(), line -> Json.of(line));
    return json.putUnlessEmpty("note", argument.note()).build();
  }
}
