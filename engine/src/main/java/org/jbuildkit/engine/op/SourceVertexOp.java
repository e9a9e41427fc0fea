package org.jbuildkit.engine.op;

import java.io.IOException;
import java.util.List;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.solver.CacheMap;
import org.jbuildkit.solver.Op;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.Result;
import org.jspecify.annotations.Nullable;

/** Keys and fetches a source; the identifier is looked at when the key is wanted. */
final class SourceVertexOp implements Op<Job> {
  private final SourceOpener opener;
  private final Permits permits;
  private Source.@Nullable Instance opened;

  /** Opens the source; fails for identifiers that make no sense. */
  @FunctionalInterface
  interface SourceOpener {
    Source.Instance open();
  }

  SourceVertexOp(SourceOpener opener, Permits permits) {
    this.opener = opener;
    this.permits = permits;
  }

  /** Opened once: what an instance found out serves keys and content alike. */
  private synchronized Source.Instance instance() {
    var known = opened;
    if (known == null) {
      known = opener.open();
      opened = known;
    }
    return known;
  }

  @Override
  public CacheMap cacheMap(int index, OpContext<Job> context)
      throws IOException, InterruptedException {
    var key = instance().key(index, context);
    instance().pin().ifPresent(context.report()::pinned);
    return new CacheMap(OpDigests.source(key.text()), List.of(), key.isLast());
  }

  @Override
  public List<Result> run(OpContext<Job> context, List<Result> inputs)
      throws IOException, InterruptedException {
    try (var permit = permits.acquire()) {
      return List.of(new RefResult(instance().fetch(context)));
    }
  }
}
