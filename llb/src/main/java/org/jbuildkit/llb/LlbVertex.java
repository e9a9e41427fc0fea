package org.jbuildkit.llb;

import java.util.List;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.WorkerConstraints;

/**
 * A node of a graph being authored: immutable, its inputs made before it, so its bytes and digest
 * are known at once.
 */
public final class LlbVertex {
  private final byte[] bytes;
  private final Digest digest;
  private final OpMetadata metadata;
  private final List<LlbEdge> inputs;
  private final List<SourceLocation> locations;

  private LlbVertex(
      byte[] bytes, OpMetadata metadata, List<LlbEdge> inputs, List<SourceLocation> locations) {
    this.bytes = bytes;
    this.digest = Digest.sha256(bytes);
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
    var whole = op.toBuilder().setConstraints(WorkerConstraints.getDefaultInstance());
    for (var input : inputs) {
      whole.addInputs(
          Input.newBuilder()
              .setDigest(input.vertex().digest().toString())
              .setIndex(input.outputIndex()));
    }
    return new LlbVertex(CanonicalEncoder.encode(whole.build()), metadata, inputs, locations);
  }

  /** A vertex as it was marshalled before. */
  static LlbVertex read(
      byte[] bytes, OpMetadata metadata, List<LlbEdge> inputs, List<SourceLocation> locations) {
    return new LlbVertex(bytes, metadata, inputs, locations);
  }

  public Digest digest() {
    return digest;
  }

  byte[] bytes() {
    return bytes;
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
