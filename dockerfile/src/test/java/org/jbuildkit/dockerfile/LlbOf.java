package org.jbuildkit.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.llb.LoadedGraph;
import org.jbuildkit.llb.LoadedVertex;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.Op;

/** The vertices that a file becomes, inputs before those that use them. */
final class LlbOf {
  private final List<LoadedVertex> vertices = new ArrayList<>();

  private LlbOf() {}

  static LlbOf file(String text, Map<String, String> options) throws InterruptedException {
    return client(new MemoryClient(text, options));
  }

  static LlbOf client(MemoryClient client) throws InterruptedException {
    var _ = DockerfileFrontend.solve(client);
    return definition(client.solved.getLast());
  }

  static LlbOf definition(Definition definition) {
    var llb = new LlbOf();
    if (definition.getDefCount() > 0) {
      llb.collect(LoadedGraph.load(definition, op -> op).result().vertex(), new HashMap<>());
    }
    return llb;
  }

  private void collect(LoadedVertex vertex, Map<String, Boolean> seen) {
    if (seen.putIfAbsent(vertex.digest().toString(), true) == null) {
      vertex.inputs().forEach(input -> collect(input.vertex(), seen));
      vertices.add(vertex);
    }
  }

  List<LoadedVertex> vertices() {
    return vertices;
  }

  static String name(LoadedVertex vertex) {
    return vertex.metadata().getDescriptionMap().getOrDefault("llb.customname", "");
  }

  List<String> names() {
    return vertices.stream().map(LlbOf::name).toList();
  }

  List<Op> ops() {
    return vertices.stream().map(LoadedVertex::op).toList();
  }

  LoadedVertex lastExec() {
    return vertices.stream().filter(v -> v.op().hasExec()).reduce((_, b) -> b).orElseThrow();
  }

  ExecOp exec() {
    return lastExec().op().getExec();
  }

  /** Actions of the last file op. */
  List<FileAction> actions() {
    return ops().stream()
        .filter(Op::hasFile)
        .reduce((_, b) -> b)
        .orElseThrow()
        .getFile()
        .getActionsList();
  }

  Op source(String prefix) {
    return ops().stream()
        .filter(op -> op.getSource().getIdentifier().startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }
}
