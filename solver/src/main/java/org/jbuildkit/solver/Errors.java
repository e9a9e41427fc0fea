package org.jbuildkit.solver;

import java.util.concurrent.Callable;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.ErrorDetail;

/** Gives failures the vertex where they happened, unless they have one. */
final class Errors {
  private Errors() {}

  /** Something that may wait and may fail in any way. */
  interface Attempt<T> extends Callable<T> {}

  /**
   * Runs a part of a vertex's evaluation. Interruptions, errors of the machine and {@link
   * ResultGone} pass.
   *
   * @param what goes before the text of a failure, if not empty
   */
  static <T> T at(Vertex<?> vertex, String what, Attempt<T> body) throws InterruptedException {
    try {
      return body.call();
    } catch (InterruptedException | ResultGone e) {
      throw e;
    } catch (Exception e) {
      throw located(vertex, what.isEmpty() ? known(e) : BuildException.failed(what, e));
    }
  }

  static BuildException located(Vertex<?> vertex, BuildException error) {
    boolean known = error.details().stream().anyMatch(ErrorDetail.Vertex.class::isInstance);
    return known ? error : error.withDetail(new ErrorDetail.Vertex(vertex.digest().toString()));
  }

  private static BuildException known(Exception error) {
    return error instanceof BuildException known
        ? known
        : new BuildException(ErrorCode.UNKNOWN, BuildException.describe(error), error);
  }
}
