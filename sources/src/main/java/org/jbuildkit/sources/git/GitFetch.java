package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;

/**
 * Brings a revision into the shared repository, from where it is checked out.
 *
 * @param from the name or address of where it is fetched from
 * @param git in the shared repository
 */
record GitFetch(GitRequest request, GitRevision revision, String from, GitRunner git, Path folder) {

  /** The shared repository's own name for what was fetched, which the remote has no part in. */
  static String localRef(GitRevision revision) {
    return "refs/fetched/" + revision.object();
  }

  /**
   * Fetches what is missing.
   *
   * @throws BuildException {@code failed to fetch remote …}; a commit that the remote does not have
   *     is found to be missing later
   */
  void run() throws IOException, InterruptedException {
    if (!has(revision.object())) {
      fetch();
    }
    if (request.isBundleWanted() && Files.exists(folder.resolve("shallow"))) {
      complete();
    }
    if (has(revision.object())) {
      verify();
      var _ = git.ask("update-ref", "--no-deref", localRef(revision), revision.object());
    }
  }

  /** A bundle has all that came before the commit. */
  private void complete() throws IOException, InterruptedException {
    try {
      fetchAll();
    } catch (GitFailure e) {
      throw BuildException.failed("failed to fetch remote " + request.shownRemote(), e);
    }
  }

  private boolean has(String object) throws IOException, InterruptedException {
    return git.succeeds("cat-file", "-e", object + "^{commit}");
  }

  private void fetch() throws IOException, InterruptedException {
    try {
      if (revision.isPlainCommit() || request.isFetchedByCommit()) {
        fetchCommit();
        return;
      }
      git.run(
          "fetch",
          "--depth=1",
          "--no-tags",
          "--force",
          "--",
          from,
          revision.ref() + ":" + localRef(revision));
      if (!has(revision.object())) {
        fetchMoved();
      }
    } catch (GitFailure e) {
      throw BuildException.failed("failed to fetch remote " + request.shownRemote(), e);
    }
  }

  /**
   * The commit alone where the server gives it, else everything that it has. A repository that is
   * kept gets the tags of its commit, which only then are known.
   */
  private void fetchCommit() throws IOException, InterruptedException {
    boolean needsMore = request.keepsGitDir() || request.isBundleWanted();
    if (request.isFetchedByCommit() || !needsMore) {
      try {
        git.run("fetch", "--depth=1", "--no-tags", "--", from, revision.object());
      } catch (GitFailure e) {
        if (request.isFetchedByCommit()) {
          throw e;
        }
      }
    }
    if (!has(revision.object())) {
      fetchAll();
    }
  }

  private void fetchAll() throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("fetch", "--tags"));
    if (Files.exists(folder.resolve("shallow"))) {
      words.add("--unshallow");
    }
    words.addAll(List.of("--", from, revision.object()));
    git.run(words.toArray(new String[0]));
  }

  /** The ref stands for something else since it was looked up. */
  private void fetchMoved() throws IOException, InterruptedException {
    try {
      fetchCommit();
    } catch (GitFailure _) {
      // What is still missing is told below.
    }
    if (!has(revision.object())) {
      throw BuildException.failed(
          ("fetched ref %s does not match expected commit %s and commit can not be found in the"
                  + " repository")
              .formatted(revision.ref(), revision.object()));
    }
  }

  /** The server said which commit a tag stands for; the key relies on it. */
  private void verify() throws IOException, InterruptedException {
    var commit = git.line("rev-parse", "--verify", revision.object() + "^{commit}");
    boolean isFound = commit.equals(revision.commit()) || revision.isPlainCommit();
    if (!isFound && !request.isFetchedByCommit()) {
      throw BuildException.failed(
          "expected checksum to match %s, got %s or %s"
              .formatted(revision.commit(), revision.object(), commit));
    }
  }
}
