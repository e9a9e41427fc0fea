package org.jbuildkit.sources.git;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.Ref;
import org.jbuildkit.store.RefOptions;

/**
 * Makes the tree of a revision, under the remote's lock.
 *
 * @param git anywhere
 */
record TreeMaking(
    GitRequest request, GitRevision revision, GitTools tools, GitRunner git, GitOrigin origin) {
  /** The value by which a tree that was made is found again. */
  static final String KEY = "git.snapshot";

  /** The tree, which is found under {@code key} from now on; the caller closes the handle. */
  Ref make(String key) throws IOException, InterruptedException {
    try (var shared = open(false)) {
      try {
        return make(key, shared);
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
    try (var shared = open(true)) {
      return make(key, shared);
    }
  }

  private SharedRepositories.Open open(boolean isAnew) throws IOException, InterruptedException {
    return tools.repositories().open(request, revision.isSha256(), isAnew, git);
  }

  /** Whether the repository has all that it says it has. */
  private static boolean isSound(GitRunner shared) throws IOException, InterruptedException {
    return shared.succeeds("fsck", "--connectivity-only", "--no-dangling", "--no-progress");
  }

  private RefOptions options() {
    var ref = request.ref().isEmpty() ? revision.ref() : request.ref();
    var place = " for %s#%s".formatted(request.shownRemote(), ref);
    return request.isBundleWanted()
        ? RefOptions.regular("git bundle checkout" + place)
        : new RefOptions("git snapshot" + place, RecordType.GIT_CHECKOUT, false);
  }

  private Ref make(String key, SharedRepositories.Open shared)
      throws IOException, InterruptedException {
    try (var tree = tools.refs().create(Optional.empty(), options());
        var watch = tools.refs().budget().watch(Set.of(tree.id(), shared.ref().id()))) {
      try {
        write(shared, tree);
        watch.end();
      } catch (InterruptedException e) {
        watch.end();
        throw e;
      }
      tree.put(KEY, key);
      return tree.commit();
    }
  }

  private void write(SharedRepositories.Open shared, MutableRef tree)
      throws IOException, InterruptedException {
    var repository = git.in(shared.path());
    new GitFetch(request, revision, origin.address(), repository, shared.path()).run();
    try (var mounted = tree.mount()) {
      if (request.isBundleWanted()) {
        new BundleWriter(request, revision, shared.path(), git).write(mounted.path());
      } else {
        new GitCheckout(request, revision, shared.path(), git).write(mounted.path());
      }
    }
  }
}
