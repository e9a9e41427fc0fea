package org.jbuildkit.daemon;

import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.gateway.Build;

/**
 * {@code dockerfile.v0}: the language that is built in.
 *
 * @param ownImages frontend images that it stands for
 */
record DockerfileLanguage(OwnImages ownImages) implements Frontend {
  static final String NAME = "dockerfile.v0";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Build.Returned solve(Build build, Request request) throws InterruptedException {
    return DockerfileRun.run(build, request, ownImages);
  }
}
