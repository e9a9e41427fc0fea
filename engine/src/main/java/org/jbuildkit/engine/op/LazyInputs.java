package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jbuildkit.solver.ResultGone;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefStore;

/**
 * An op that looks at its inputs' files. Where it fails to read or write while layers of an input
 * are still to be fetched, those are taken for gone: the solver then makes anew what was found in
 * the cache with such layers, and runs the op again.
 */
record LazyInputs(Op<Job> op, RefStore refs) implements Op<Job> {

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context)
      throws IOException, InterruptedException {
    var map = op.cacheMap(index, context);
    var deps = new ArrayList<CacheMap.Dep>();
    for (var dep : map.deps()) {
      deps.add(new CacheMap.Dep(dep.selector(), dep.content().map(this::guarded)));
    }
    return new CacheMap(map.digest(), deps, map.isLast());
  }

  private CacheMap.ContentDigester guarded(CacheMap.ContentDigester digester) {
    return input -> guarded(List.of(input), () -> digester.digest(input));
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs)
      throws IOException, InterruptedException {
    return guarded(inputs, () -> op.run(context, inputs));
  }

  @Override
  public Op<Job> merged(Op<Job> other) {
    return other instanceof LazyInputs(var same, var _)
        ? new LazyInputs(op.merged(same), refs)
        : this;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of() throws IOException, InterruptedException;
  }

  private <T> T guarded(List<Result> inputs, Reading<T> body)
      throws IOException, InterruptedException {
    try {
      return body.of();
    } catch (IOException | BuildException e) {
      var missing = isOfFiles(e) ? missing(inputs) : Set.<String>of();
      if (missing.isEmpty()) {
        throw e;
      }
      throw new ResultGone(id -> has(id, missing), e);
    }
  }

  private static boolean isOfFiles(Throwable error) {
    for (var cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  /** The layers of the inputs that are still to be fetched. */
  private Set<String> missing(List<Result> inputs) {
    var missing = new HashSet<String>();
    inputs.forEach(input ->
        RefResult.tree(input).map(Ref::layers).orElse(List.of()).stream()
            .filter(layer -> refs.lazyLayer(layer).isPresent())
            .forEach(missing::add));
    return missing;
  }

  private boolean has(String resultId, Set<String> layers) {
    try (var saved = new RefResult(refs.get(resultId))) {
      return saved.ref().stream().flatMap(ref -> ref.layers().stream()).anyMatch(layers::contains);
    }
  }
}
