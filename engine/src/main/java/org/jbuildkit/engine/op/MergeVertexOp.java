package org.jbuildkit.engine.op;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.Steps;
import org.jbuildkit.protocol.pb.MergeOp;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/** Stacks trees; empty ones are left out, a single one is itself. */
record MergeVertexOp(MergeOp op, int inputCount, String name, RefStore refs, Clock clock)
    implements Op<Job> {

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context) {
    var plain = new CacheMap.Dep("", Optional.empty());
    return new CacheMap(OpDigests.merge(op), Collections.nCopies(inputCount, plain), true);
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs) throws IOException {
    var trees = new ArrayList<Ref>();
    for (var input : op.getInputsList()) {
      if (input.getInput() >= 0) {
        RefResult.tree(inputs.get((int) input.getInput())).ifPresent(trees::add);
      }
    }
    return switch (trees.size()) {
      case 0 -> List.of(); // which fails whoever wants the result, as with BuildKit
      case 1 -> List.of(RefResult.of(trees.getFirst().retain()));
      default ->
          List.of(RefResult.of(refs.merge(trees, RefOptions.regular(name), () -> tell(context))));
    };
  }

  /** A merge costs something only once its files are needed: that is told then. */
  private void tell(OpContext<Job> context) {
    var steps = new Steps(context.report(), clock);
    steps.end("merging", steps.begin("merging"));
  }
}
