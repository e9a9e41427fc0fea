package org.jbuildkit.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Op;

/** Definitions in which made-up ops depend on each other. */
final class Graphs {
  private Graphs() {}

  /**
   * The same ops, each input leading to an op before it: digests can't be guessed. Execs are left
   * out, as they need programs to run.
   */
  static Definition chained(Definition definition) {
    var chained = Definition.newBuilder().setSource(definition.getSource());
    var digests = new ArrayList<String>();
    for (var bytes : definition.getDefList()) {
      var op = parsed(bytes);
      op.clearInputs();
      for (int i = 0; i < Math.min(parsed(bytes).getInputsCount(), digests.size()); i++) {
        var input = parsed(bytes).getInputs(i);
        var digest = digests.get(Math.floorMod(input.getIndex() >> 4, digests.size()));
        op.addInputs(Input.newBuilder().setDigest(digest).setIndex(input.getIndex() & 1));
      }
      if (op.hasExec()) {
        op.clearExec();
      }
      digests.add(add(chained, op.build()));
    }
    if (!digests.isEmpty()) {
      var last = Input.newBuilder().setDigest(digests.getLast());
      add(chained, Op.newBuilder().addInputs(last).build());
    }
    return chained.build();
  }

  private static Op.Builder parsed(ByteString bytes) {
    try {
      return Op.parseFrom(bytes).toBuilder();
    } catch (InvalidProtocolBufferException _) {
      return Op.newBuilder();
    }
  }

  private static String add(Definition.Builder definition, Op op) {
    definition.addDef(op.toByteString());
    return Digest.sha256(op.toByteArray()).toString();
  }
}
