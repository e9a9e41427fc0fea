package org.jbuildkit.dockerfile;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jbuildkit.base.Json;

/** What a target and the stages that it needs ask their user for. */
final class Outline {
  private final SequencedMap<String, BuildArguments.Declared> arguments = new LinkedHashMap<>();
  private final SequencedMap<String, ParameterUse.Mounted> secrets = new LinkedHashMap<>();
  private final SequencedMap<String, ParameterUse.Mounted> agents = new LinkedHashMap<>();
  private final Map<Integer, Map<String, String>> descriptions = new HashMap<>();
  private final Stage target;

  private Outline(Stage target) {
    this.target = target;
  }

  /** The target comes first, so that it decides where several declare one name. */
  static Outline of(Stage target, StageGraph graph) {
    var outline = new Outline(target);
    outline.collect(target, graph, new HashSet<>());
    return outline;
  }

  private void collect(Stage stage, StageGraph graph, Set<Stage> visited) {
    if (!visited.add(stage)) {
      return;
    }
    stage.parameters.arguments().forEach(arguments::putIfAbsent);
    stage.parameters.secrets().forEach(secrets::putIfAbsent);
    stage.parameters.agents().forEach(agents::putIfAbsent);
    for (var need : graph.needs(stage)) {
      collect(need, graph, visited);
    }
  }

  private List<BuildArguments.Declared> sortedArguments() {
    return arguments.values().stream()
        .sorted(Comparator.comparingInt(argument -> argument.line().firstLine()))
        .toList();
  }

  private static List<Map.Entry<String, ParameterUse.Mounted>> sorted(
      Map<String, ParameterUse.Mounted> mounts) {
    return mounts.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> entry.getValue().line().firstLine()))
        .toList();
  }

  Json toJson(byte[] file) {
    var json =
        Json.object()
            .putUnlessEmpty("name", target.from.stage().orElse(""))
            .putUnlessEmpty("description", description());
    putUnlessEmpty(json, "args", sortedArguments().stream().<Json>map(this::argument).toList());
    putUnlessEmpty(json, "secrets", sorted(secrets).stream().<Json>map(Outline::mount).toList());
    putUnlessEmpty(json, "ssh", sorted(agents).stream().<Json>map(Outline::mount).toList());
    return json.put("sources", Subrequests.sources(file)).build();
  }

  private static void putUnlessEmpty(Json.ObjBuilder json, String name, List<Json> items) {
    if (!items.isEmpty()) {
      json.put(name, new Json.Arr(items));
    }
  }

  private String description() {
    return target.from.stage().map(name -> target.from.line().description(name)).orElse("");
  }

  /** The description that an argument's comments give; one instruction may declare very many. */
  private String description(BuildArguments.Declared argument) {
    return descriptions
        .computeIfAbsent(argument.line().firstLine(), _ -> argument.line().descriptions())
        .getOrDefault(argument.name(), "");
  }

  private Json argument(BuildArguments.Declared argument) {
    return Json.object()
        .put("name", argument.name())
        .putUnlessEmpty("description", description(argument))
        .putUnlessEmpty("value", argument.value())
        .put("location", Subrequests.location(argument.line().ranges()))
        .build();
  }

  private static Json mount(Map.Entry<String, ParameterUse.Mounted> entry) {
    return Json.object()
        .put("name", entry.getKey())
        .putUnlessFalse("required", entry.getValue().isRequired())
        .put("location", Subrequests.location(entry.getValue().line().ranges()))
        .build();
  }

  /** The same for people. */
  String text() {
    var out = new StringBuilder();
    var name = target.from.stage().orElse("");
    if (!name.isEmpty() || !description().isEmpty()) {
      var head = new TextTable(1).row("TARGET:", name.isEmpty() ? "(default)" : name);
      if (!description().isEmpty()) {
        head.row("DESCRIPTION:", description());
      }
      out.append(head.write()).append('\n');
    }
    if (!arguments.isEmpty()) {
      var table = new TextTable(3).row("BUILD ARG", "VALUE", "DESCRIPTION");
      for (var argument : sortedArguments()) {
        table.row(argument.name(), argument.value(), description(argument));
      }
      out.append(table.write()).append('\n');
    }
    out.append(table("SECRET", secrets)).append(table("SSH", agents));
    return out.toString();
  }

  private static String table(String title, Map<String, ParameterUse.Mounted> mounts) {
    if (mounts.isEmpty()) {
      return "";
    }
    var table = new TextTable(3).row(title, "REQUIRED");
    for (var entry : sorted(mounts)) {
      table.row(entry.getKey(), entry.getValue().isRequired() ? "true" : "");
    }
    return table.write() + "\n";
  }
}
