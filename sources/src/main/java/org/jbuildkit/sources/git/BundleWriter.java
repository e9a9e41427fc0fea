package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ByteName;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.linux.Dir;

/**
 * Puts a commit with all that came before it into one file, a git bundle.
 *
 * @param shared the repository that has the commit
 * @param git anywhere
 */
record BundleWriter(GitRequest request, GitRevision revision, Path shared, GitRunner git) {
  private static final String UNNAMED = "refs/heads/main";
  private static final ByteName FILE = ByteName.ofText("bundle");
  private static final int MODE = 0666;

  /** What the commit is called in the bundle. */
  static String name(String ref) {
    if (ref.isEmpty() || GitRequest.isCommit(ref)) {
      return UNNAMED;
    }
    if (ref.startsWith("refs/tags/")) {
      return ref;
    }
    var rest = ref.startsWith("refs/") ? ref.substring("refs/".length()) : ref;
    return "refs/heads/" + (rest.startsWith("heads/") ? rest.substring("heads/".length()) : rest);
  }

  /**
   * @param tree the host path of an empty tree
   */
  void write(Path tree) throws IOException, InterruptedException {
    var repository = Files.createDirectory(tree.resolve(".repository-" + RandomId.next()));
    var here = git.in(repository);
    try {
      SharedRepositories.init(here, revision.isSha256(), "--bare", "--quiet", "--template=");
      var source = "file://" + shared.toUri().getRawPath();
      here.run("fetch", "--", source, GitFetch.localRef(revision));
      var ref = name(request.ref());
      here.run("update-ref", ref, revision.object());
      here.run("bundle", "create", "--quiet", tree.resolve("bundle").toString(), ref);
    } catch (GitFailure e) {
      throw BuildException.failed("failed to create git bundle for " + revision.object(), e);
    }
    try (var root = Dir.open(tree)) {
      root.removeTree(ByteName.ofText(repository.getFileName().toString()));
      root.chmod(FILE, MODE);
      if (request.isDatedByCommit()) {
        new CommitDates(GitObject.of(git.in(shared), revision).seconds()).apply(root);
      }
    }
  }
}
