package org.jbuildkit.sources.git;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;
import org.jspecify.annotations.Nullable;

/** One request being served. */
final class GitTree implements Source.Instance {
  private static final String KEPT = "git.snapshot";
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
      found = resolution.ask(tools.runner(request, access, context));
    }
    context.participants().forEach(job -> job.findings().put(name, found.line()));
    return found;
  }

  @Override
  public Optional<Source.RepositoryMetadata> repository(boolean withObjects, OpContext<Job> context)
      throws IOException, InterruptedException {
    var revision = revision(context);
    if (!withObjects) {
      return Optional.of(metadata(revision, revision.commit()));
    }
    try (var access = tools.access(request, context);
        var _ = tools.locks().take(request.remote())) {
      var git = tools.runner(request, access, context);
      try (var shared = tools.repositories().open(request, revision.isSha256(), false, git)) {
        var repository = git.in(shared.path());
        new GitFetch(request, revision, GitRunner.REMOTE, repository, shared.path()).run();
        return Optional.of(objects(revision, repository));
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
      for (var id : tools.refs().lookup(KEPT, key)) {
        var kept = tools.refs().get(id);
        if (kept.isPresent()) {
          return kept;
        }
      }
      try (var access = tools.access(request, context);
          var _ = tools.locks().take(request.remote())) {
        var git = tools.runner(request, access, context);
        return Optional.of(make(revision, key, git));
      }
    }
  }

  private Ref make(GitRevision revision, String key, GitRunner git)
      throws IOException, InterruptedException {
    try (var shared = tools.repositories().open(request, revision.isSha256(), false, git)) {
      try {
        return make(revision, key, git, shared);
      } catch (LocalDamage e) {
        if (shared.isNew() || e.isMissing()) {
          throw BuildException.failed(BuildException.describe(e));
        }
      } catch (GitFailure e) {
        if (shared.isNew()) {
          throw e;
        }
      } catch (BuildException e) {
        if (shared.isNew() || isSound(git.in(shared.path()))) {
          throw e;
        }
      }
    }
    // What was kept of earlier builds is of no use any more.
    try (var shared = tools.repositories().open(request, revision.isSha256(), true, git)) {
      return make(revision, key, git, shared);
    }
  }

  /** Whether the repository has all that it says it has. */
  private static boolean isSound(GitRunner shared) throws IOException, InterruptedException {
    return shared.succeeds("fsck", "--connectivity-only", "--no-dangling", "--no-progress");
  }

  private Ref make(GitRevision revision, String key, GitRunner git, SharedRepositories.Open shared)
      throws IOException, InterruptedException {
    var ref = request.ref().isEmpty() ? revision.ref() : request.ref();
    var options =
        new RefOptions(
            "git snapshot for %s#%s".formatted(request.shownRemote(), ref),
            RecordType.GIT_CHECKOUT,
            false);
    try (var tree = tools.refs().create(Optional.empty(), options);
        var watch = tools.refs().budget().watch(Set.of(tree.id(), shared.ref().id()))) {
      try {
        write(revision, git, shared, tree);
        watch.end();
      } catch (InterruptedException e) {
        watch.end();
        throw e;
      }
      tree.put(KEPT, key);
      return tree.commit();
    }
  }

  private void write(
      GitRevision revision, GitRunner git, SharedRepositories.Open shared, MutableRef tree)
      throws IOException, InterruptedException {
    var repository = git.in(shared.path());
    new GitFetch(request, revision, GitRunner.REMOTE, repository, shared.path()).run();
    try (var mounted = tree.mount()) {
      new GitCheckout(request, revision, shared.path(), git).write(mounted.path());
    }
  }
}
