package org.jbuildkit.llb;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;

/**
 * A definition read and checked: its result and all vertices that the result needs. Ops that the
 * result does not reach are parsed and checked too.
 *
 * <p>Errors are those of BuildKit's {@code solver/llbsolver/vertex.go} and {@code
 * solver/llbsolver/ops/opsutils/validate.go}, without the outer prefix.
 */
public record LoadedGraph(LoadedEdge result) {

  /**
   * Reads a definition.
   *
   * @param rewrite may change a source op, for instance to the canonical form of its identifier;
   *     digests are computed afterwards
   * @throws BuildException for anything that is no valid graph
   */
  public static LoadedGraph load(Definition definition, UnaryOperator<Op> rewrite) {
    if (definition.getDefCount() == 0) {
      throw BuildException.invalid("invalid empty definition");
    }
    var ops = new LinkedHashMap<String, Op>();
    var last = "";
    for (var bytes : definition.getDefList()) {
      last = Digest.sha256(bytes.toByteArray()).toString();
      ops.put(last, parse(bytes.toByteArray()));
    }
    return new Loader(ops, definition.getMetadataMap(), rewrite).load(last);
  }

  private static Op parse(byte[] bytes) {
    Op op;
    try {
      op = Op.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new BuildException(
          org.jbuildkit.base.ErrorCode.UNKNOWN,
          "failed to parse llb proto op: " + e.getMessage(),
          e);
    }
    for (int i = 0; i < op.getInputsCount(); i++) {
      long index = op.getInputs(i).getIndex();
      if (index < 0 || index > Integer.MAX_VALUE) {
        throw BuildException.invalid("invalid input %d output index %d".formatted(i, index));
      }
    }
    return op;
  }

  private static final class Loader {
    private final Map<String, Op> ops;
    private final Map<String, OpMetadata> metadata;
    private final UnaryOperator<Op> rewrite;
    private final Map<String, LoadedVertex> loaded = new HashMap<>();

    Loader(Map<String, Op> ops, Map<String, OpMetadata> metadata, UnaryOperator<Op> rewrite) {
      this.ops = ops;
      this.metadata = metadata;
      this.rewrite = rewrite;
    }

    /** Ops come after their inputs or not at all in order: a worklist takes both. */
    LoadedGraph load(String terminalDigest) {
      var terminal = required(terminalDigest);
      if (ops.size() < 2) {
        throw BuildException.invalid("invalid LLB with %d vertexes".formatted(ops.size()));
      }
      if (terminal.getInputsCount() == 0) {
        throw BuildException.invalid("invalid LLB with no inputs on last vertex");
      }
      for (var digest : ops.keySet()) {
        if (!digest.equals(terminalDigest)) {
          loadWithInputs(digest);
        }
      }
      var input = terminal.getInputs(0);
      required(input.getDigest());
      var vertex = java.util.Objects.requireNonNull(loaded.get(input.getDigest()));
      return new LoadedGraph(new LoadedEdge(vertex, (int) input.getIndex()));
    }

    private Op required(String digest) {
      var op = ops.get(digest);
      if (op == null) {
        throw BuildException.invalid("invalid missing input digest " + digest);
      }
      return op;
    }

    private void loadWithInputs(String root) {
      var stack = new ArrayList<String>(List.of(root));
      while (!stack.isEmpty()) {
        var digest = stack.getLast();
        var op = required(digest);
        var missing =
            op.getInputsList().stream()
                .map(input -> input.getDigest())
                .filter(input -> !loaded.containsKey(input))
                .toList();
        if (loaded.containsKey(digest) || missing.isEmpty()) {
          stack.removeLast();
          loaded.computeIfAbsent(digest, _ -> vertex(digest, op));
        } else {
          stack.addAll(missing);
        }
      }
    }

    private LoadedVertex vertex(String originalDigest, Op original) {
      var op = rewrite.apply(original).toBuilder();
      var inputs = new ArrayList<LoadedEdge>();
      for (int i = 0; i < op.getInputsCount(); i++) {
        var input = op.getInputs(i);
        var producer = java.util.Objects.requireNonNull(loaded.get(input.getDigest()));
        op.setInputs(i, input.toBuilder().setDigest(producer.digest().toString()));
        inputs.add(new LoadedEdge(producer, (int) input.getIndex()));
      }
      var built = op.build();
      OpValidation.check(built);
      var digest = Digest.sha256(CanonicalEncoder.encode(built));
      var meta = metadata.getOrDefault(originalDigest, OpMetadata.getDefaultInstance());
      return new LoadedVertex(digest, built, meta, inputs);
    }
  }
}
