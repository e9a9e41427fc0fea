package org.jbuildkit.dockerfile;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.dockerfile.explain.Explanation;
import org.jbuildkit.dockerfile.explain.SourceFacts;
import org.jbuildkit.dockerfile.explain.VertexReader;
import org.jbuildkit.dockerfile.explain.VertexReader.Origin;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.Op;

/** Assigns the vertices of a conversion to the instructions that made them. */
final class ExplanationGraph {
  private final Map<String, Op> ops = new HashMap<>();
  private final Set<String> reached;

  /** The steps and sources that vertices belong to, by digest. */
  private final Map<String, String> owners = new HashMap<>();

  private final SessionFree sessionFree = new SessionFree();
  private final List<Explanation.Source> sources = new ArrayList<>();

  /**
   * @param result the tree that is built
   * @param trees all that instructions made, those on others behind them
   */
  ExplanationGraph(Optional<LlbEdge> result, List<LlbEdge> trees) {
    read(result);
    reached = Set.copyOf(ops.keySet());
    for (var tree : trees.reversed()) {
      if (!ops.containsKey(tree.vertex().digest().toString())) {
        read(Optional.of(tree));
      }
    }
  }

  private void read(Optional<LlbEdge> result) {
    try {
      for (var bytes : Definitions.marshal(result).getDefList()) {
        ops.put(Digest.sha256(bytes.toByteArray()).toString(), Op.parseFrom(bytes));
      }
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("a vertex that was made cannot be read", e);
    }
  }

  List<Explanation.Source> sources() {
    return sources;
  }

  /** The step or source that a tree comes from. */
  String owner(LlbEdge tree) {
    return owners.getOrDefault(tree.vertex().digest().toString(), "");
  }

  /**
   * Gives a step all vertices that lead to a tree and belong to nobody, and that of the tree.
   *
   * @param origins of the variables of processes
   */
  List<Explanation.Vertex> take(String step, LlbEdge tree, Map<String, Origin> origins) {
    var taken = new ArrayList<Explanation.Vertex>();
    for (var vertex : fresh(tree.vertex())) {
      var digest = vertex.digest().toString();
      var op = op(digest);
      if (op.hasSource()) {
        var id = "source-" + (sources.size() + 1);
        owners.put(digest, id);
        sources.add(SourceFacts.describe(id, sessionFree.digest(vertex, op), op));
      } else {
        owners.put(digest, step);
        taken.add(describe(vertex, op, "", origins));
      }
    }
    var digest = tree.vertex().digest().toString();
    var owner = owner(tree);
    if (!owner.equals(step) && !op(digest).hasSource()) {
      taken.add(describe(tree.vertex(), op(digest), owner, origins));
    }
    return taken;
  }

  private Op op(String digest) {
    var op = ops.get(digest);
    if (op == null) {
      throw new IllegalStateException("no vertex has the digest " + digest);
    }
    return op;
  }

  /** Vertices that belong to nobody yet, inputs first. */
  private List<LlbVertex> fresh(LlbVertex root) {
    record Visit(LlbVertex vertex, boolean isDone) {}
    var ordered = new LinkedHashMap<String, LlbVertex>();
    var seen = new HashSet<String>();
    var stack = new ArrayDeque<Visit>();
    stack.push(new Visit(root, false));
    while (!stack.isEmpty()) {
      var visit = stack.pop();
      var digest = visit.vertex().digest().toString();
      if (visit.isDone()) {
        ordered.put(digest, visit.vertex());
      } else if (!owners.containsKey(digest) && seen.add(digest)) {
        stack.push(new Visit(visit.vertex(), true));
        visit.vertex().inputs().reversed().forEach(in -> stack.push(new Visit(in.vertex(), false)));
      }
    }
    return List.copyOf(ordered.values());
  }

  private Explanation.Vertex describe(
      LlbVertex vertex, Op op, String sameAs, Map<String, Origin> origins) {
    var digest = vertex.digest().toString();
    var inputs = new ArrayList<Explanation.Input>();
    for (int i = 0; i < vertex.inputs().size(); i++) {
      var input = vertex.inputs().get(i);
      inputs.add(
          new Explanation.Input(
              owner(input),
              sessionFree.digest(input.vertex(), op(input.vertex().digest().toString())),
              VertexReader.contents(op, i)));
    }
    return new Explanation.Vertex(
        VertexReader.kind(op),
        sessionFree.digest(vertex, op),
        vertex.metadata().getDescriptionOrDefault(BuildScene.CUSTOM_NAME, ""),
        reached.contains(digest),
        vertex.metadata().getIgnoreCache(),
        sameAs,
        inputs,
        VertexReader.key(op, origin(origins)),
        VertexReader.outside(op));
  }

  /** Variables that no instruction set come from what the process mounts. */
  private static Function<String, Origin> origin(Map<String, Origin> origins) {
    return name -> origins.getOrDefault(name, new Origin("mount", 0));
  }
}
