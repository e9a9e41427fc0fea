package org.jbuildkit.engine;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.solver.Result;
import org.jbuildkit.solver.ResultStore;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefStore;

/** Keeps results by the ids of their trees; the store keeps the trees themselves. */
public record RefResults(RefStore refs) implements ResultStore {
  /** The id of the result that has no tree. */
  public static final String SCRATCH = "scratch";

  @Override
  public String save(Result result) throws IOException {
    return RefResult.tree(result).map(Ref::id).orElse(SCRATCH);
  }

  @Override
  public Optional<Result> load(String resultId) {
    if (resultId.equals(SCRATCH)) {
      return Optional.of(RefResult.SCRATCH);
    }
    return refs.get(resultId).map(RefResult::of);
  }
}
