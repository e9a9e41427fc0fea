package org.jbuildkit.solver;

import java.io.IOException;
import java.util.Optional;

/** Keeps results beyond the builds that made them. */
public interface ResultStore {

  /** Makes the result durable and returns the id to load it by. The handle stays the caller's. */
  String save(Result result) throws IOException;

  /** A new handle on a saved result, or empty if it is gone or can't be used any more. */
  Optional<Result> load(String resultId) throws IOException, InterruptedException;
}
