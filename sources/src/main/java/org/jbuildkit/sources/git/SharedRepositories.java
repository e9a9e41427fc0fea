package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.store.MountedTree;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.RecordType;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RefStore;

/**
 * One repository without files for each remote, which keeps what was fetched for later builds. Used
 * under the remote's lock.
 */
record SharedRepositories(RefStore refs) {
  private static final String KEY = "git.remote";

  /**
   * A repository in use.
   *
   * @param isNew whether nothing was fetched into it before
   */
  record Open(MutableRef ref, MountedTree tree, boolean isNew) implements AutoCloseable {
    Path path() {
      return tree.path();
    }

    @Override
    public void close() {
      tree.close();
      ref.close();
    }
  }

  /**
   * The repository for a request's remote.
   *
   * @param git anywhere
   * @param isAnew whether the one that there is is to be dropped
   */
  Open open(GitRequest request, boolean isSha256, boolean isAnew, GitRunner git)
      throws IOException, InterruptedException {
    // The remote's address may hold a password, which is not kept.
    var key = Digest.sha256((isSha256 ? "sha256 " : "") + request.remote()).toString();
    for (var id : refs.lookup(KEY, key)) {
      if (isAnew) {
        refs.removeValue(id, KEY);
        refs.unretain(id);
        continue;
      }
      var known = refs.reopen(id);
      if (known.isPresent()) {
        var open = mounted(known.get(), false);
        clean(open.path());
        return open;
      }
    }
    return create(request, key, isSha256, git);
  }

  private static Open mounted(MutableRef ref, boolean isNew)
      throws IOException, InterruptedException {
    try {
      return new Open(ref, ref.mount(), isNew);
    } catch (IOException | InterruptedException | RuntimeException e) {
      ref.close();
      throw e;
    }
  }

  /** Removes locks that a killed git left: nobody else holds any. */
  private static void clean(Path repository) throws IOException {
    for (var name : new String[] {"shallow.lock", "packed-refs.lock", "HEAD.lock"}) {
      Files.deleteIfExists(repository.resolve(name));
    }
  }

  private Open create(GitRequest request, String key, boolean isSha256, GitRunner git)
      throws IOException, InterruptedException {
    var description = "shared git repo for " + request.shownRemote();
    var ref = refs.create(Optional.empty(), new RefOptions(description, RecordType.REGULAR, true));
    Optional<Open> open = Optional.empty();
    boolean complete = false;
    try {
      open = Optional.of(mounted(ref, true));
      init(git.in(open.get().path()), isSha256, "--bare");
      ref.put(KEY, key);
      complete = true;
      return open.get();
    } catch (GitFailure e) {
      throw BuildException.failed("failed to init repo for " + request.shownRemote(), e);
    } finally {
      if (!complete) {
        open.ifPresent(Open::close);
        ref.close();
        refs.unretain(ref.id());
      }
    }
  }

  /** Makes a repository. */
  static void init(GitRunner git, boolean isSha256, String... options)
      throws IOException, InterruptedException {
    var words = new java.util.ArrayList<>(java.util.List.of("-c", "init.defaultBranch=master"));
    words.add("init");
    words.addAll(java.util.List.of(options));
    if (isSha256) {
      words.add("--object-format=sha256");
    }
    git.run(words.toArray(new String[0]));
  }
}
