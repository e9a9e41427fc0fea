package org.jbuildkit.solver;

import java.util.function.Predicate;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;

/**
 * Thrown by an op, or by a content digester, that found an input's saved result unusable though it
 * could be loaded: a blob is gone. The solver forgets the records of such results, makes them
 * again, and then runs the op again.
 */
public final class ResultGone extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Predicate<String> gone;

  /**
   * @param gone tells of an id of the {@link ResultStore} whether its result is unusable
   * @param cause what the build fails with if no record is to blame
   */
  public ResultGone(Predicate<String> gone, Throwable cause) {
    super(BuildException.describe(cause), cause);
    this.gone = gone;
  }

  /** What the build fails with if no record is to blame. */
  BuildException asFailure() {
    return getCause() instanceof BuildException known
        ? known
        : new BuildException(ErrorCode.UNKNOWN, BuildException.describe(this), this);
  }

  boolean isGone(String resultId) {
    return gone.test(resultId);
  }
}
