package org.jbuildkit.llb;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Location;
import org.jbuildkit.protocol.pb.Locations;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Position;
import org.jbuildkit.protocol.pb.Range;
import org.jbuildkit.protocol.pb.Source;
import org.jbuildkit.protocol.pb.SourceInfo;

/** Marshals authored graphs: every vertex after its inputs, a terminal op naming the result. */
public final class Definitions {
  private Definitions() {}

  /** The definition of a result; scratch, the empty tree, is an empty definition. */
  public static Definition marshal(Optional<LlbEdge> result) {
    if (result.isEmpty()) {
      return Definition.getDefaultInstance();
    }
    var definition = Definition.newBuilder();
    var metadata = new LinkedHashMap<String, OpMetadata.Builder>();
    var source = new SourceTable();
    for (var vertex : inputsFirst(result.get().vertex())) {
      var digest = vertex.digest().toString();
      var known = metadata.get(digest);
      if (known == null) {
        definition.addDef(ByteString.copyFrom(vertex.bytes()));
        metadata.put(digest, vertex.metadata().toBuilder());
      } else {
        known.mergeFrom(vertex.metadata());
      }
      source.add(vertex);
    }
    var terminal = terminal(result.get());
    definition.addDef(ByteString.copyFrom(terminal));
    metadata.put(Digest.sha256(terminal).toString(), terminalMetadata(metadata.values()));
    metadata.forEach((digest, value) -> definition.putMetadata(digest, value.build()));
    return definition.setSource(source.build()).build();
  }

  private static byte[] terminal(LlbEdge result) {
    var input =
        Input.newBuilder()
            .setDigest(result.vertex().digest().toString())
            .setIndex(result.outputIndex());
    return CanonicalEncoder.encode(Op.newBuilder().addInputs(input).build());
  }

  private static OpMetadata.Builder terminalMetadata(Iterable<OpMetadata.Builder> all) {
    var terminal = OpMetadata.newBuilder().putCaps("constraints", true).putCaps("platform", true);
    for (var one : all) {
      if (one.getIgnoreCache()) {
        terminal.putCaps("meta.ignorecache", true);
      }
      if (one.getDescriptionCount() > 0) {
        terminal.putCaps("meta.description", true);
      }
      if (one.hasExportCache()) {
        terminal.putCaps("meta.exportcache", true);
      }
    }
    return terminal;
  }

  private static List<LlbVertex> inputsFirst(LlbVertex root) {
    record Visit(LlbVertex vertex, boolean isDone) {}
    var ordered = new ArrayList<LlbVertex>();
    var seen = new HashSet<LlbVertex>();
    var stack = new ArrayDeque<Visit>();
    stack.push(new Visit(root, false));
    while (!stack.isEmpty()) {
      var visit = stack.pop();
      if (visit.isDone()) {
        ordered.add(visit.vertex());
      } else if (seen.add(visit.vertex())) {
        stack.push(new Visit(visit.vertex(), true));
        visit.vertex().inputs().reversed().forEach(in -> stack.push(new Visit(in.vertex(), false)));
      }
    }
    return ordered;
  }

  /** Collects texts once each and every vertex's places in them. */
  private static final class SourceTable {
    private final List<SourceText> texts = new ArrayList<>();
    private final Source.Builder source = Source.newBuilder();
    private final Map<String, Locations.Builder> places = new LinkedHashMap<>();

    void add(LlbVertex vertex) {
      var digest = vertex.digest().toString();
      var locations = places.computeIfAbsent(digest, _ -> Locations.newBuilder());
      for (var place : vertex.locations()) {
        var location = Location.newBuilder().setSourceIndex(index(place.text()));
        place.ranges().forEach(range -> location.addRanges(range(range)));
        locations.addLocations(location);
      }
    }

    private int index(SourceText text) {
      int known = texts.indexOf(text);
      if (known >= 0) {
        return known;
      }
      texts.add(text);
      source.addInfos(info(text));
      return texts.size() - 1;
    }

    Source build() {
      places.forEach((digest, locations) -> source.putLocations(digest, locations.build()));
      return source.build();
    }
  }

  /** A text on the wire. */
  public static SourceInfo info(SourceText text) {
    var info =
        SourceInfo.newBuilder()
            .setFilename(text.filename())
            .setData(ByteString.copyFrom(text.data()))
            .setLanguage(text.language());
    text.definition().ifPresent(info::setDefinition);
    return info.build();
  }

  /** A range on the wire. */
  public static Range range(ErrorDetail.Range range) {
    return Range.newBuilder()
        .setStart(
            Position.newBuilder().setLine(range.startLine()).setCharacter(range.startCharacter()))
        .setEnd(Position.newBuilder().setLine(range.endLine()).setCharacter(range.endCharacter()))
        .build();
  }
}
