package org.jbuildkit.engine.op;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.gateway.TreeReader;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.BuildOp;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;

/** Evaluates the definition in a file of an input. */
record BuildVertexOp(BuildOp op, int inputCount, NestedSolve nested) implements Op<Job> {
  private static final int LLB_BUILDER = -1;
  private static final String DEFINITION = "buildkit.llb.definition";
  private static final String FILE_NAME = "llbbuild.filename";

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context) {
    var plain = new CacheMap.Dep("", Optional.empty());
    return new CacheMap(OpDigests.build(op), Collections.nCopies(inputCount, plain), true);
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs)
      throws IOException, InterruptedException {
    if (op.getBuilder() != LLB_BUILDER) {
      throw BuildException.invalid("only LLB builder is currently allowed");
    }
    var input = op.getInputsMap().get(DEFINITION);
    if (input == null) {
      throw BuildException.invalid("no llb definition input " + DEFINITION + " found");
    }
    if (input.getInput() < 0 || input.getInput() >= inputs.size()) {
      throw BuildException.invalid("invalid index " + input.getInput());
    }
    var definition = definition(inputs.get((int) input.getInput()));
    try (var made = nested.solve(context, definition)) {
      return List.of(made.result().retain());
    }
  }

  private Definition definition(Result input) throws IOException, InterruptedException {
    var name = op.getAttrsOrDefault(FILE_NAME, DEFINITION);
    try {
      return Definition.parseFrom(file(input, name));
    } catch (InvalidProtocolBufferException e) {
      throw BuildException.failed("failed to parse " + name, e);
    }
  }

  private static byte[] file(Result input, String name) throws IOException, InterruptedException {
    var tree = RefResult.tree(input);
    try {
      if (tree.isEmpty()) {
        return TreeReader.EMPTY.file(name);
      }
      try (var mounted = tree.get().mount();
          var root = mounted.open()) {
        return TreeReader.of(root).file(name);
      }
    } catch (IOException | BuildException e) {
      throw BuildException.failed("failed to open " + name, e);
    }
  }
}
