package org.jbuildkit.systemtests;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.json.MessageJson;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;

/**
 * A definition as text: its ops numbered by their order, so that definitions are comparable whose
 * ids by chance and therefore digests differ.
 */
final class ConvertedGraph {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern CHANCE =
      Pattern.compile("(\"(?:local\\.session|local\\.uniqueid|id)\": ?)\"[a-z0-9]{25}\"");

  private final Map<String, String> numbers = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder();

  private ConvertedGraph() {}

  static String text(Definition definition) {
    var graph = new ConvertedGraph();
    for (var bytes : definition.getDefList()) {
      graph.numbers.put(digest(bytes), "op" + graph.numbers.size());
    }
    definition.getDefList().forEach(bytes -> graph.write(definition, bytes));
    graph
        .text
        .append("source ")
        .append(MessageJson.mapped(definition.getSource()).writeIndented("", " "))
        .append('\n');
    var plain = DIGEST.matcher(graph.text).replaceAll(graph::numbered);
    return CHANCE.matcher(plain).replaceAll("$1\"by chance\"");
  }

  private static String digest(ByteString op) {
    return Digest.sha256(op.toByteArray()).toString();
  }

  private void write(Definition definition, ByteString bytes) {
    var digest = digest(bytes);
    text.append(digest).append(": ");
    try {
      text.append(MessageJson.mapped(Op.parseFrom(bytes)).writeIndented("", " "));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
    var metadata = definition.getMetadataMap().get(digest);
    if (metadata != null) {
      text.append("\nmetadata ").append(MessageJson.plain(metadata).writeIndented("", " "));
    }
    text.append('\n');
  }

  private String numbered(MatchResult match) {
    return Matcher.quoteReplacement(numbers.getOrDefault(match.group(), match.group()));
  }
}
