package org.jbuildkit.systemtests;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jbuildkit.base.Json;

/** Upstream tells what is named at one place of a file in an order by chance: here by name. */
final class OutlineOrder {
  private static final List<String> MEMBERS = List.of("secrets", "ssh");

  private OutlineOrder() {}

  /**
   * @param outline a JSON document; anything else is as it was
   */
  static String settled(String outline) {
    if (!outline.stripLeading().startsWith("{") || !outline.contains("\"secrets\"")) {
      return outline;
    }
    var members =
        new LinkedHashMap<>(Json.parseObject(outline.getBytes(StandardCharsets.UTF_8)).members());
    for (var name : MEMBERS) {
      members.computeIfPresent(
          name, (_, list) -> list instanceof Json.Arr all ? sorted(all) : list);
    }
    return new Json.Obj(members).writeIndented("", "  ");
  }

  private static Json sorted(Json.Arr list) {
    var sorted = new ArrayList<Json>();
    int first = 0;
    for (int i = 1; i <= list.elements().size(); i++) {
      var elements = list.elements();
      if (i == elements.size() || !place(elements.get(i)).equals(place(elements.get(first)))) {
        elements.subList(first, i).stream()
            .sorted(Comparator.comparing(Json::write))
            .forEach(sorted::add);
        first = i;
      }
    }
    return new Json.Arr(sorted);
  }

  private static String place(Json element) {
    return element instanceof Json.Obj object && object.members().get("location") != null
        ? object.members().get("location").write()
        : "";
  }
}
