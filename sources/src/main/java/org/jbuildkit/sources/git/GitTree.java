package org.jbuildkit.sources.git;

import java.io.IOException;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.Ref;
import org.jspecify.annotations.Nullable;

/** One request being served. */
final class GitTree implements Source.Instance {
  private static final String FOUND = "git ";

  private final GitRequest request;
  private final GitTools tools;
  private @Nullable GitRevision known;

  GitTree(GitRequest request, GitTools tools) {
    this.request = request;
    this.tools = tools;
  }

  @Override
  public Source.Key key(int index, OpContext<Job> context)
      throws IOException, InterruptedException {
    return new Source.Key(request.key(revision(context)), true);
  }

  @Override
  public synchronized Optional<String> pin() {
    return Optional.ofNullable(known).map(GitRevision::object);
  }

  private synchronized GitRevision revision(OpContext<Job> context)
      throws IOException, InterruptedException {
    var found = known;
    if (found == null) {
      found = new GitResolution(request).resolve(resolution -> askOnce(resolution, context));
      if (request.signature().isPresent()) {
        // Before anything is done with it: what is cached may have been made without a look.
        request.signature().get().verify(objects(found, context), tools.clock().instant());
      }
      known = found;
    }
    return found;
  }

  /** What a build found once holds for all of it. */
  private GitRevision askOnce(GitResolution resolution, OpContext<Job> context)
      throws IOException, InterruptedException {
    var name = FOUND + request.remote() + "#" + request.ref();
    for (var job : context.participants()) {
      var earlier = job.findings().get(name).map(GitRevision::parse);
      if (earlier.isPresent() && earlier.get().object().startsWith(request.checksum())) {
        return earlier.get();
      }
    }
    GitRevision found;
    try (var access = tools.access(request, context)) {
      var git = tools.runner(request, access, context);
      try (var origin = GitOrigin.of(request, tools, git, context)) {
        found = resolution.ask(git, origin.address());
      }
    }
    context.participants().forEach(job -> job.findings().put(name, found.line()));
    return found;
  }

  @Override
  public Optional<Source.RepositoryMetadata> repository(boolean withObjects, OpContext<Job> context)
      throws IOException, InterruptedException {
    var revision = revision(context);
    return Optional.of(
        withObjects ? objects(revision, context) : metadata(revision, revision.commit()));
  }

  private Source.RepositoryMetadata objects(GitRevision revision, OpContext<Job> context)
      throws IOException, InterruptedException {
    try (var access = tools.access(request, context);
        var _ = tools.locks().take(request.remote())) {
      var git = tools.runner(request, access, context);
      try (var origin = GitOrigin.of(request, tools, git, context);
          var shared = tools.repositories().open(request, revision.isSha256(), false, git)) {
        var repository = git.in(shared.path());
        new GitFetch(request, revision, origin.address(), repository, shared.path()).run();
        return objects(revision, repository);
      }
    }
  }

  private Source.RepositoryMetadata metadata(GitRevision revision, String commit) {
    boolean isTold = !commit.equals(revision.object()) && !request.keepsGitDir();
    return new Source.RepositoryMetadata(
        revision.ref(),
        revision.object(),
        isTold ? commit : "",
        Optional.empty(),
        Optional.empty());
  }

  private static Source.RepositoryMetadata objects(GitRevision revision, GitRunner repository)
      throws IOException, InterruptedException {
    var object = revision.object();
    var kind = repository.line("cat-file", "-t", object);
    if (!kind.equals("commit") && !kind.equals("tag")) {
      throw BuildException.failed("expected commit or tag object, got " + kind);
    }
    boolean isTag = kind.equals("tag");
    var commit = isTag ? repository.line("rev-parse", "--verify", object + "^{commit}") : object;
    return new Source.RepositoryMetadata(
        revision.ref(),
        object,
        isTag ? commit : "",
        Optional.of(repository.ask("cat-file", "commit", commit)),
        isTag ? Optional.of(repository.ask("cat-file", "tag", object)) : Optional.empty());
  }

  @Override
  public Optional<Ref> fetch(OpContext<Job> context) throws IOException, InterruptedException {
    var revision = revision(context);
    var key = request.key(revision);
    try (var _ = tools.locks().take("tree " + key)) {
      for (var id : tools.refs().lookup(TreeMaking.KEY, key)) {
        var kept = tools.refs().get(id);
        if (kept.isPresent()) {
          return kept;
        }
      }
      try (var access = tools.access(request, context);
          var _ = tools.locks().take(request.remote())) {
        var git = tools.runner(request, access, context);
        try (var origin = GitOrigin.of(request, tools, git, context)) {
          return Optional.of(new TreeMaking(request, revision, tools, git, origin).make(key));
        }
      }
    }
  }
}
