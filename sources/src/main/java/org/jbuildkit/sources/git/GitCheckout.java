package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.linux.Dir;

/**
 * Puts a revision's files into an empty tree. The repository that git needs for that is inside of
 * the tree while it works, so that what git notes about submodules depends on nothing else.
 *
 * @param shared the repository that has the revision
 * @param git anywhere
 */
record GitCheckout(GitRequest request, GitRevision revision, Path shared, GitRunner git) {
  private static final ByteName GIT = ByteName.ofText(".git");

  /**
   * @param tree the tree's host path
   * @throws LocalDamage if the shared repository did not give what it should have
   */
  void write(Path tree) throws IOException, InterruptedException {
    boolean keeps = request.keepsGitDir() && request.subdir().isEmpty();
    var place = request.subdir().isEmpty() ? tree : temporary(tree);
    var repository = place.resolve(".git");
    var here = git.in(repository, place);
    try {
      if (keeps) {
        clone(here, repository);
      } else {
        take(here, repository);
      }
    } catch (GitFailure e) {
      throw new LocalDamage("failed to checkout remote " + request.shownRemote(), e);
    }
    if (!request.skipsSubmodules()) {
      updateSubmodules(here);
    }
    try (var root = Dir.open(tree)) {
      if (!keeps) {
        remove(place);
      }
      if (!request.subdir().isEmpty()) {
        new GitSubdirectory(request.subdir()).lift(root, name(place));
      }
      if (request.isDatedByCommit()) {
        new CommitDates(GitObject.of(git.in(shared), revision).seconds()).apply(root);
      }
    }
  }

  private static Path temporary(Path tree) throws IOException {
    return Files.createDirectory(tree.resolve(".checkout-" + RandomId.next()));
  }

  private static ByteName name(Path place) {
    return ByteName.ofText(place.getFileName().toString());
  }

  private static void remove(Path place) throws IOException {
    try (var dir = Dir.open(place)) {
      dir.removeTree(GIT);
    }
  }

  /** The files alone; objects are read where they are. */
  private void take(GitRunner here, Path repository) throws IOException, InterruptedException {
    SharedRepositories.init(here, revision.isSha256(), "--template=", "--quiet");
    var alternates = Files.createDirectories(repository.resolve("objects/info"));
    Files.writeString(alternates.resolve("alternates"), shared.resolve("objects") + "\n");
    // Addresses of submodules may be relative to it. Written by hand: it may hold a password.
    Files.writeString(
        repository.resolve("config"),
        "[remote \"origin\"]\n\turl = " + quoted(request.remote()) + "\n",
        StandardOpenOption.APPEND);
    here.run("rev-parse", revision.object());
    here.run("checkout", "--no-overlay", revision.object(), "--", ".");
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** A repository that stays with the files. */
  private void clone(GitRunner here, Path repository) throws IOException, InterruptedException {
    SharedRepositories.init(here, revision.isSha256());
    var source = "file://" + shared.toUri().getRawPath();
    var local = GitFetch.localRef(revision);
    if (revision.isPlainCommit()) {
      here.run("fetch", "-u", "--depth=1", "--", source, local);
    } else {
      here.run("fetch", "-u", "--depth=1", "--no-tags", "--", source, local + ":" + keptRef());
    }
    here.run("-c", "advice.detachedHead=false", "checkout", "FETCH_HEAD");
    here.run("remote", "add", "--", "origin", request.shownRemote());
    here.run("reflog", "expire", "--all", "--expire=now");
    Files.deleteIfExists(repository.resolve("FETCH_HEAD"));
  }

  /** What the ref is called in the repository that stays. */
  private String keptRef() {
    var ref = request.ref().isEmpty() ? revision.ref() : request.ref();
    if (ref.startsWith("refs/")) {
      return ref;
    }
    if (revision.isAnnotatedTag()) {
      return "refs/tags/" + ref;
    }
    return ref.matches("(?s)(heads|tags|remotes)/.*") ? "refs/" + ref : "refs/heads/" + ref;
  }

  private void updateSubmodules(GitRunner here) throws IOException, InterruptedException {
    try {
      here.run("submodule", "update", "--init", "--recursive", "--depth=1");
    } catch (GitFailure e) {
      throw BuildException.failed("failed to update submodules for " + request.shownRemote(), e);
    }
  }
}
