package org.jbuildkit.llb;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.WorkerConstraints;
import org.jspecify.annotations.Nullable;

/**
 * A node of a graph being authored: immutable, its inputs made before it. Its bytes and digest are
 * made when somebody asks for them: much that is authored is looked at only, or never used.
 */
public final class LlbVertex {
  /** Without inputs and constraints; absent from a vertex that was read, whose bytes are known. */
  private final Optional<Op> op;

  private final OpMetadata metadata;
  private final List<LlbEdge> inputs;
  private final List<SourceLocation> locations;

  /** Threads may make it at the same time, and make the same. */
  private volatile @Nullable Marshalled marshalled;

  private record Marshalled(byte[] bytes, Digest digest) {
    Marshalled(byte[] bytes) {
      this(bytes, Digest.sha256(bytes));
    }
  }

  private LlbVertex(
      Optional<Op> op, OpMetadata metadata, List<LlbEdge> inputs, List<SourceLocation> locations) {
    this.op = op;
    this.metadata = metadata;
    this.inputs = List.copyOf(inputs);
    this.locations = List.copyOf(locations);
  }

  /**
   * @param op without inputs and constraints, which are filled in
   * @param metadata with the capabilities that the op uses
   */
  public static LlbVertex of(
      Op op, List<LlbEdge> inputs, OpMetadata metadata, List<SourceLocation> locations) {
    return new LlbVertex(Optional.of(op), metadata, inputs, locations);
  }

  /** A vertex as it was marshalled before. */
  static LlbVertex read(
      byte[] bytes, OpMetadata metadata, List<LlbEdge> inputs, List<SourceLocation> locations) {
    var vertex = new LlbVertex(Optional.empty(), metadata, inputs, locations);
    vertex.marshalled = new Marshalled(bytes);
    return vertex;
  }

  public Digest digest() {
    return marshalled().digest();
  }

  byte[] bytes() {
    return marshalled().bytes();
  }

  private Marshalled marshalled() {
    var known = marshalled;
    return known == null ? marshal() : known;
  }

  /** Inputs first, without recursion: a graph may be deeper than any stack. */
  private Marshalled marshal() {
    record Visit(LlbVertex vertex, Iterator<LlbEdge> inputs) {
      static Visit of(LlbVertex vertex) {
        return new Visit(vertex, vertex.inputs.iterator());
      }
    }
    var visits = new ArrayDeque<Visit>();
    visits.push(Visit.of(this));
    while (true) {
      var visit = visits.element();
      if (visit.inputs().hasNext()) {
        var input = visit.inputs().next().vertex();
        if (input.marshalled == null) {
          visits.push(Visit.of(input));
        }
        continue;
      }
      visits.pop();
      var made = visit.vertex().encoded();
      visit.vertex().marshalled = made;
      if (visits.isEmpty()) {
        return made;
      }
    }
  }

  /** Where all inputs are marshalled. */
  private Marshalled encoded() {
    var whole = op.orElseThrow().toBuilder().setConstraints(WorkerConstraints.getDefaultInstance());
    for (var input : inputs) {
      whole.addInputs(
          Input.newBuilder()
              .setDigest(input.vertex().digest().toString())
              .setIndex(input.outputIndex()));
    }
    return new Marshalled(CanonicalEncoder.encode(whole.build()));
  }

  /**
   * Whether both have the same digest, which is made only where a look at the ops does not tell.
   */
  boolean isSame(LlbVertex other) {
    boolean differs = op.isPresent() && other.op.isPresent() && !op.equals(other.op);
    return this == other || (!differs && digest().equals(other.digest()));
  }

  public OpMetadata metadata() {
    return metadata;
  }

  public List<LlbEdge> inputs() {
    return inputs;
  }

  public List<SourceLocation> locations() {
    return locations;
  }

  /** The output of this vertex at an index. */
  public LlbEdge output(int index) {
    return new LlbEdge(this, index);
  }
}
