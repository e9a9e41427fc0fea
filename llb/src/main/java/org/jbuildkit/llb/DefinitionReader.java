package org.jbuildkit.llb;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Range;
import org.jbuildkit.protocol.pb.SourceInfo;

/** Reads marshalled graphs back, so that more can be authored on top of them. */
public final class DefinitionReader {
  private final Definition definition;
  private final Map<String, ByteString> ops = new LinkedHashMap<>();
  private final Map<String, LlbVertex> vertices = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private final List<SourceText> texts = new ArrayList<>();

  private DefinitionReader(Definition definition) {
    this.definition = definition;
    for (var bytes : definition.getDefList()) {
      ops.put(Digest.sha256(bytes.toByteArray()).toString(), bytes);
    }
    definition.getSource().getInfosList().forEach(info -> texts.add(text(info)));
  }

  /**
   * The result of a definition with its bytes as they are; nothing for the empty tree.
   *
   * @throws BuildException for what is no graph
   */
  public static Optional<LlbEdge> result(Definition definition) {
    if (definition.getDefCount() == 0) {
      return Optional.empty();
    }
    var reader = new DefinitionReader(definition);
    var terminal = parse(definition.getDef(definition.getDefCount() - 1));
    if (terminal.getInputsCount() == 0) {
      return Optional.empty();
    }
    var input = terminal.getInputs(0);
    return Optional.of(reader.vertex(input.getDigest()).output(Math.toIntExact(input.getIndex())));
  }

  private static Op parse(ByteString bytes) {
    try {
      return Op.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("failed to parse llb proto op: " + e.getMessage(), e);
    }
  }

  /** Inputs are found first, with a stack of its own: graphs from strangers may be deep. */
  private LlbVertex vertex(String wanted) {
    var pending = new ArrayList<String>(List.of(wanted));
    while (!pending.isEmpty()) {
      var digest = pending.getLast();
      var bytes = ops.get(digest);
      if (bytes == null) {
        throw BuildException.invalid("invalid missing input digest " + digest);
      }
      var op = parse(bytes);
      boolean isFirst = open.add(digest);
      boolean isReady = true;
      for (var input : op.getInputsList()) {
        if (!vertices.containsKey(input.getDigest())) {
          if (!isFirst) {
            throw BuildException.invalid("invalid graph: " + digest + " needs itself");
          }
          pending.add(input.getDigest());
          isReady = false;
        }
      }
      if (isReady) {
        vertices.computeIfAbsent(digest, _ -> made(digest, bytes, op));
        pending.removeLast();
      }
    }
    var vertex = vertices.get(wanted);
    if (vertex == null) {
      throw new IllegalStateException("a vertex that was made is missing");
    }
    return vertex;
  }

  private LlbVertex made(String digest, ByteString bytes, Op op) {
    var inputs = new ArrayList<LlbEdge>();
    for (var input : op.getInputsList()) {
      var vertex = vertices.get(input.getDigest());
      if (vertex != null) {
        inputs.add(vertex.output(Math.toIntExact(input.getIndex())));
      }
    }
    var metadata = definition.getMetadataOrDefault(digest, OpMetadata.getDefaultInstance());
    return LlbVertex.read(bytes.toByteArray(), metadata, inputs, locations(digest));
  }

  private List<SourceLocation> locations(String digest) {
    var locations = new ArrayList<SourceLocation>();
    var known = definition.getSource().getLocationsMap().get(digest);
    if (known != null) {
      for (var location : known.getLocationsList()) {
        int index = location.getSourceIndex();
        if (index >= 0 && index < texts.size()) {
          var ranges = location.getRangesList().stream().map(DefinitionReader::range).toList();
          locations.add(new SourceLocation(texts.get(index), ranges));
        }
      }
    }
    return locations;
  }

  private static SourceText text(SourceInfo info) {
    return new SourceText(
        info.getFilename(),
        info.getLanguage(),
        info.getData().toByteArray(),
        info.hasDefinition() ? Optional.of(info.getDefinition()) : Optional.empty());
  }

  private static ErrorDetail.Range range(Range range) {
    return new ErrorDetail.Range(
        range.getStart().getLine(),
        range.getStart().getCharacter(),
        range.getEnd().getLine(),
        range.getEnd().getCharacter());
  }
}
