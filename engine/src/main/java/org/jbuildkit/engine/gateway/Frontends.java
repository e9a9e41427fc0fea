package org.jbuildkit.engine.gateway;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.engine.Frontend;
import org.jbuildkit.engine.provenance.FrontendRequest;

/** The frontends of a daemon, by name. */
public final class Frontends {
  private final Map<String, Frontend> byName = new HashMap<>();

  public Frontends(List<Frontend> frontends) {
    frontends.forEach(frontend -> byName.put(frontend.name(), frontend));
  }

  /**
   * Runs a frontend. Without a name, nothing is built.
   *
   * @throws BuildException {@code invalid frontend: NAME}, or the frontend's with its name
   */
  public Build.Returned solve(Build build, String name, Frontend.Request request)
      throws InterruptedException {
    if (name.isEmpty()) {
      return Build.Returned.NOTHING;
    }
    var frontend = byName.get(name);
    if (frontend == null) {
      throw BuildException.failed("invalid frontend: " + name);
    }
    try {
      var returned = frontend.solve(build, request);
      note(build, new FrontendRequest(name, request.options()), returned);
      return returned;
    } catch (IOException e) {
      throw named(BuildException.failed("failed to run frontend " + name, e), name, request);
    } catch (BuildException e) {
      throw named(e, name, request);
    }
  }

  private static void note(Build build, FrontendRequest request, Build.Returned returned) {
    var notes = build.job().notes();
    Stream.concat(
            returned.single().stream(),
            returned.byPlatform().values().stream().flatMap(Optional::stream))
        .forEach(tree -> notes.made(request, tree.definition()));
  }

  private static BuildException named(BuildException error, String name, Frontend.Request request) {
    boolean isNamed = error.details().stream().anyMatch(ErrorDetail.Frontend.class::isInstance);
    return isNamed
        ? error
        : error.withDetail(new ErrorDetail.Frontend(name, request.option("source")));
  }
}
