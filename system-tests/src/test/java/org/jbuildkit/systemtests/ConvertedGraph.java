package org.jbuildkit.systemtests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jbuildkit.base.Json;

/**
 * The graph of an answer to {@code convertllb}, its ops numbered by the order in which they are
 * used, so that graphs are comparable whose ids by chance and therefore digests differ.
 */
final class ConvertedGraph {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern CHANCE =
      Pattern.compile("(\"(?:local\\.session|local\\.uniqueid|id)\": ?)\"[a-z0-9]{25}\"");

  private final Json.Obj ops;
  private final Json.Obj all;
  private final Map<String, String> numbers = new LinkedHashMap<>();
  private final List<String> inOrder = new ArrayList<>();

  private ConvertedGraph(Json.Obj all) {
    this.all = all;
    this.ops = all.object("def");
  }

  static ConvertedGraph read(byte[] json) {
    var graph = new ConvertedGraph(Json.parseObject(json));
    graph.ops.members().keySet().stream().filter(graph::isUnused).sorted().forEach(graph::number);
    return graph;
  }

  private boolean isUnused(String digest) {
    return ops.members().values().stream()
        .flatMap(op -> ((Json.Obj) op).array("inputs").stream())
        .noneMatch(input -> ((Json.Obj) input).text("digest").equals(digest));
  }

  private void number(String digest) {
    if (numbers.containsKey(digest) || !(ops.members().get(digest) instanceof Json.Obj op)) {
      return;
    }
    numbers.put(digest, "op" + numbers.size());
    inOrder.add(digest);
    op.array("inputs").forEach(input -> number(((Json.Obj) input).text("digest")));
  }

  /** All of it. */
  String text() {
    var text = new StringBuilder();
    var metadata = all.object("metadata");
    for (var digest : inOrder) {
      text.append(digest).append(":\n");
      text.append(ops.members().getOrDefault(digest, new Json.Null()).writeIndented("", " "));
      text.append("\nmetadata ");
      text.append(metadata.members().getOrDefault(digest, new Json.Null()).write()).append('\n');
    }
    text.append("source ").append(all.object("source").writeIndented("", " ")).append('\n');
    var plain = DIGEST.matcher(text).replaceAll(this::numbered);
    return CHANCE.matcher(plain).replaceAll("$1\"by chance\"");
  }

  private String numbered(java.util.regex.MatchResult match) {
    return Matcher.quoteReplacement(numbers.getOrDefault(match.group(), match.group()));
  }
}
