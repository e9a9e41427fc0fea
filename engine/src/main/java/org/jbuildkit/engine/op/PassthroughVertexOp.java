package org.jbuildkit.engine.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.PassthroughOp;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;

/** Hands inputs through. */
record PassthroughVertexOp(PassthroughOp op, int inputCount) implements Op<Job> {
  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context) {
    var plain = new CacheMap.Dep("", Optional.empty());
    return new CacheMap(OpDigests.passthrough(op), Collections.nCopies(inputCount, plain), true);
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs) {
    var outputs = new ArrayList<Result>();
    for (long index : op.getOutputsList()) {
      outputs.add(inputs.get((int) index).retain());
    }
    return outputs;
  }
}
