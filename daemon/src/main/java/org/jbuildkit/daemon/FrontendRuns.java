package org.jbuildkit.daemon;

import java.util.LinkedHashMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.gateway.Bridge;
import org.jbuildkit.engine.gateway.Build;
import org.jbuildkit.engine.gateway.Frontends;
import org.jbuildkit.protocol.control.SolveRequest;

/**
 * Who says what is to be built: a definition, a frontend in the daemon, or the client.
 *
 * @param builds those that clients drive
 * @param worker the worker's id
 */
record FrontendRuns(Builds builds, Frontends frontends, String worker) {
  private static final String SOURCE = "source";

  /** The frontend that is meant: the gateway to the built-in one is the built-in one. */
  static String frontend(SolveRequest request) {
    return isAlias(request) ? DockerfileLanguage.NAME : request.getFrontend();
  }

  private static boolean isAlias(SolveRequest request) {
    var options = request.getFrontendAttrsMap();
    var replaced = "context:" + DockerfileLanguage.NAME;
    return request.getFrontend().equals(ImageFrontend.NAME)
        && DockerfileLanguage.NAME.equals(options.get(SOURCE))
        && options.keySet().stream()
            .noneMatch(key -> key.equals(replaced) || key.startsWith(replaced + "::"));
  }

  /** Prepares a run; closing it ends the containers that the client made. */
  Run open(SolveRequest request, Build build) {
    var bridge = new Bridge(build, request.getFrontendInputsMap(), worker);
    var run = new Run(request, bridge);
    if (run.isDrivenByClient()) {
      builds.add(bridge);
    }
    return run;
  }

  /** One run. */
  final class Run implements AutoCloseable {
    private final SolveRequest request;
    private final Bridge bridge;

    private Run(SolveRequest request, Bridge bridge) {
      this.request = request;
      this.bridge = bridge;
    }

    private boolean isDrivenByClient() {
      return !request.hasDefinition() && request.getFrontend().isEmpty();
    }

    /** What is to be made. */
    Build.Returned result() throws InterruptedException {
      if (isDrivenByClient()) {
        return bridge.awaitReturned();
      }
      var build = bridge.build();
      if (request.getDefinition().getDefCount() > 0) {
        if (!request.getFrontend().isEmpty()) {
          throw BuildException.failed("cannot solve with both Definition and Frontend specified");
        }
        return Build.Returned.of(build.solve(request.getDefinition()));
      }
      var options = new LinkedHashMap<>(request.getFrontendAttrsMap());
      if (isAlias(request)) {
        options.remove(SOURCE);
      }
      var asked = Frontend.Request.of(options, request.getFrontendInputsMap());
      return frontends.solve(build, frontend(request), asked);
    }

    @Override
    public void close() {
      builds.remove(bridge);
      bridge.close();
    }
  }
}
