package org.jbuildkit.sources.git;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.engine.Source;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.sources.BlobOrigin;
import org.jbuildkit.store.RefStore;

/**
 * Repositories of git servers. What was fetched of one is kept for later builds; keys and trees as
 * in BuildKit's {@code source/git}.
 */
public final class GitSource implements Source {
  private final GitTools tools;

  /**
   * @param blobs where bundles come from
   * @param environment the daemon's own, of which git gets the search path and proxies
   * @param scratch a folder of our own, empty, for what lasts no longer than a run of git
   */
  public GitSource(
      SessionRegistry sessions,
      RefStore refs,
      BlobOrigin blobs,
      Map<String, String> environment,
      Path scratch,
      Clock clock) {
    this.tools =
        new GitTools(
            GitProgram.of(environment),
            sessions,
            refs,
            blobs,
            new SharedRepositories(refs),
            new RemoteLocks(),
            scratch,
            clock);
  }

  /** Whether the machine has what this needs. */
  public boolean isUsable() {
    return tools.program().isInstalled();
  }

  @Override
  public Set<String> schemes() {
    return Set.of("git");
  }

  @Override
  public Instance open(Request request) {
    return new GitTree(GitRequest.of(request), tools);
  }
}
