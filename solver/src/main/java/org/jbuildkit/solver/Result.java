package org.jbuildkit.solver;

/** A counted handle on what a vertex produced. Each holder closes its own handle once. */
public interface Result extends AutoCloseable {

  /** Another handle on the same result, which the caller closes. */
  Result retain();

  /** Lets go of this handle; calling it again does nothing. */
  @Override
  void close();
}
