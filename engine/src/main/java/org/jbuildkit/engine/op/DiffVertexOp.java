package org.jbuildkit.engine.op;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.Dir;
import org.jbuildkit.oci.layer.LayerApplier;
import org.jbuildkit.oci.layer.LayerDiffer;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/**
 * What turns one tree into another. Where the upper tree is the lower one with more layers, those
 * layers are the answer; else the trees are compared and the difference becomes a layer.
 */
record DiffVertexOp(DiffOp op, int inputCount, String name, RefStore refs) implements Op<Job> {

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context) {
    var plain = new CacheMap.Dep("", Optional.empty());
    return new CacheMap(OpDigests.diff(op), Collections.nCopies(inputCount, plain), true);
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs)
      throws IOException, InterruptedException {
    var lower = side(op.getLower().getInput(), inputs);
    var upper = side(op.getUpper().getInput(), inputs);
    return List.of(new RefResult(diff(lower, upper)));
  }

  private static Optional<Ref> side(long index, List<Result> inputs) {
    return index < 0 ? Optional.empty() : RefResult.tree(inputs.get((int) index));
  }

  private Optional<Ref> diff(Optional<Ref> lower, Optional<Ref> upper)
      throws IOException, InterruptedException {
    if (lower.isEmpty()) {
      return upper.map(Ref::retain);
    }
    var below = lower.get().layers();
    var above = upper.map(Ref::layers).orElse(List.of());
    if (below.equals(above)) {
      return Optional.empty();
    }
    if (upper.isPresent()
        && above.size() > below.size()
        && above.subList(0, below.size()).equals(below)) {
      var rest = above.subList(below.size(), above.size());
      return Optional.of(refs.stack(List.of(upper.get()), rest, RefOptions.regular(name)));
    }
    return Optional.of(compare(lower.get(), upper));
  }

  private Ref compare(Ref lower, Optional<Ref> upper) throws IOException, InterruptedException {
    try (var result = refs.create(Optional.empty(), RefOptions.regular(name));
        var empty = refs.create(Optional.empty(), RefOptions.regular(name));
        var below = lower.mount();
        var above = upper.isPresent() ? upper.get().mount() : empty.mount();
        var out = result.mount();
        var lowerRoot = below.open();
        var upperRoot = above.open();
        var target = out.open()) {
      transfer(lowerRoot, upperRoot, target);
      // Not a tree of its own: its whiteouts matter when it is stacked on another.
      result.put(Ref.HAS_WHITEOUTS, "true");
      return result.commit();
    }
  }

  private static void transfer(Dir lower, Dir upper, Dir target)
      throws IOException, InterruptedException {
    try (var out = new PipedOutputStream();
        var in = new PipedInputStream(out, 256 * 1024);
        var scope = TaskScope.open()) {
      scope.fork(() -> {
        try (out) {
          LayerDiffer.writeWholeTrees(Optional.of(lower), upper, out);
        }
        return Boolean.TRUE;
      });
      scope.fork(() -> {
        LayerApplier.apply(target, Optional.of(lower), in);
        in.transferTo(java.io.OutputStream.nullOutputStream());
        return Boolean.TRUE;
      });
      scope.join();
    }
  }
}
