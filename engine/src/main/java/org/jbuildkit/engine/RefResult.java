package org.jbuildkit.engine;

import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.solver.Result;
import org.jbuildkit.store.Ref;

/**
 * A tree as a solver result; nothing stands for the empty tree.
 *
 * @param ref the handle that this result owns
 */
public record RefResult(Optional<Ref> ref) implements Result {
  /** The empty tree. */
  public static final RefResult SCRATCH = new RefResult(Optional.empty());

  public static RefResult of(Ref ref) {
    return new RefResult(Optional.of(ref));
  }

  /** The tree of a solver result, whose handle stays the result's. */
  public static Optional<Ref> tree(Result result) {
    if (result instanceof RefResult(Optional<Ref> ref)) {
      return ref;
    }
    throw new BuildException(ErrorCode.INTERNAL, "invalid reference: " + result.getClass());
  }

  @Override
  public Result retain() {
    return new RefResult(ref.map(Ref::retain));
  }

  @Override
  public void close() {
    ref.ifPresent(Ref::close);
  }
}
