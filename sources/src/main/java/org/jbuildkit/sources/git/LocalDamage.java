package org.jbuildkit.sources.git;

import java.io.IOException;
import org.jbuildkit.base.BuildException;

/** The shared repository did not give what it should have; a new one may. */
final class LocalDamage extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean isMissing;

  LocalDamage(String what, GitFailure failure) {
    super(what + ": " + BuildException.describe(failure), failure);
    this.isMissing = failure.says("reference is not a tree");
  }

  /** Whether the revision was never there, which is not the repository's fault. */
  boolean isMissing() {
    return isMissing;
  }
}
