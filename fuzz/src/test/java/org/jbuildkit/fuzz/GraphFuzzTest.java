package org.jbuildkit.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.google.protobuf.ByteString;
import java.util.List;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;

/** Definitions that are no graphs: the only answer is a typed error. */
class GraphFuzzTest {
  @FuzzTest
  void definitions(@NotNull Definition definition) {
    load(definition);
  }

  @FuzzTest
  void ops(@NotNull List<@NotNull Op> ops) {
    var definition = Definition.newBuilder();
    ops.forEach(op -> definition.addDef(op.toByteString()));
    load(definition.build());
    load(Graphs.chained(definition.build()));
  }

  @FuzzTest
  void bytes(@NotNull List<byte @NotNull []> ops) {
    var definition = Definition.newBuilder();
    ops.forEach(op -> definition.addDef(ByteString.copyFrom(op)));
    load(definition.build());
  }

  private static void load(Definition definition) {
    try {
      var _ = LoadedGraph.load(definition, op -> op);
    } catch (BuildException _) {
      // Refused.
    }
  }
}
