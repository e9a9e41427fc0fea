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
import org.jbuildkit.protocol.pb.SourceInfo;

/**
 * A definition as text: its ops numbered in an order of their own, so that definitions are comparable whose
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
    var ops = new LinkedHashMap<String, ByteString>();
    definition.getDefList().forEach(bytes -> ops.put(digest(bytes), bytes));
    if (!ops.isEmpty()) {
      graph.number(digest(definition.getDefList().getLast()), ops);
    }
    graph.numbers.keySet().forEach(op -> graph.write(definition, op, ops.getOrDefault(op, ByteString.EMPTY)));
    definition.getSource().getInfosList().forEach(graph::writeFile);
    var plain = DIGEST.matcher(graph.text).replaceAll(graph::numbered);
    return CHANCE.matcher(plain).replaceAll("$1\"by chance\"");
  }

  private void writeFile(SourceInfo file) {
    text.append("file ").append(file.getFilename()).append(' ').append(file.getLanguage());
    text.append('\n').append(file.getData().toStringUtf8());
    text.append(text(file.getDefinition()));
  }

  private static String digest(ByteString op) {
    return Digest.sha256(op.toByteArray()).toString();
  }

  /** Inputs come first, in their order: that of the definition is by chance in the peer. */
  private void number(String digest, Map<String, ByteString> ops) {
    if (!numbers.containsKey(digest)) {
      for (var input : op(ops.getOrDefault(digest, ByteString.EMPTY)).getInputsList()) {
        number(input.getDigest(), ops);
      }
      numbers.put(digest, "op" + numbers.size());
    }
  }

  private static Op op(ByteString bytes) {
    try {
      return Op.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void write(Definition definition, String digest, ByteString bytes) {
    text.append(digest).append(": ");
    text.append(MessageJson.mapped(op(bytes)).writeIndented("", " "));
    var metadata = definition.getMetadataMap().get(digest);
    if (metadata != null) {
      text.append("\nmetadata ").append(MessageJson.plain(metadata).writeIndented("", " "));
    }
    var places = definition.getSource().getLocationsMap().get(digest);
    if (places != null) {
      text.append("\nplaces ").append(MessageJson.mapped(places).write());
    }
    text.append('\n');
  }

  private String numbered(MatchResult match) {
    return Matcher.quoteReplacement(numbers.getOrDefault(match.group(), match.group()));
  }
}
