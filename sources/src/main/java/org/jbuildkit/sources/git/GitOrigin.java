package org.jbuildkit.sources.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.store.MountedTree;
import org.jbuildkit.store.MutableRef;
import org.jbuildkit.store.RefOptions;
import org.jbuildkit.store.RoomyInput;

/**
 * Where commits are fetched from: the remote, or a repository that was made of a bundle and goes
 * when this is closed.
 *
 * @param address as git's commands take it
 */
record GitOrigin(String address, Optional<Staged> staged) implements AutoCloseable {

  /** A repository that only lasts as long as it is needed. */
  record Staged(MutableRef ref, MountedTree tree) {}

  /** The place that a request names. */
  static GitOrigin of(GitRequest request, GitTools tools, GitRunner git, OpContext<Job> context)
      throws IOException, InterruptedException {
    if (request.bundle().isEmpty()) {
      return new GitOrigin(GitRunner.REMOTE, Optional.empty());
    }
    var bundle = request.bundle().get();
    var ref = tools.refs().create(Optional.empty(), RefOptions.regular("git bundle"));
    boolean complete = false;
    Optional<MountedTree> tree = Optional.empty();
    try (var watch = tools.refs().budget().watch(Set.of(ref.id()))) {
      tree = Optional.of(ref.mount());
      var file = tree.get().path().resolve("bundle.pack");
      try (var in = new RoomyInput(bundle.open(tools.blobs(), context), ref.room())) {
        Files.copy(in, file);
      }
      var repository = Files.createDirectory(tree.get().path().resolve("repo.git"));
      unpack(request, bundle, git, file, repository);
      watch.end();
      complete = true;
      var address = "file://" + repository.toUri().getRawPath();
      return new GitOrigin(address, Optional.of(new Staged(ref, tree.get())));
    } finally {
      if (!complete) {
        tree.ifPresent(MountedTree::close);
        ref.close();
      }
    }
  }

  private static void unpack(
      GitRequest request, GitBundle bundle, GitRunner git, Path file, Path repository)
      throws IOException, InterruptedException {
    var staged = git.in(repository);
    try {
      SharedRepositories.init(staged, isSha256(git, file), "--bare", "--quiet");
      staged.run("fetch", "--", file.toString(), "+refs/*:refs/*");
    } catch (GitFailure e) {
      throw BuildException.failed(
          "failed to import git bundle %s into temp".formatted(bundle.place()), e);
    }
    if (!staged.succeeds("cat-file", "-e", request.checksum() + "^{commit}")) {
      throw BuildException.failed(
          "commit %s not found in bundle %s".formatted(request.checksum(), bundle.place()));
    }
  }

  private static boolean isSha256(GitRunner git, Path file)
      throws IOException, InterruptedException {
    var listed = git.line("ls-remote", "--", file.toString());
    int end = listed.indexOf('\t');
    if (end < 0 || !GitRequest.isCommit(listed.substring(0, end))) {
      throw BuildException.failed("failed to inspect git bundle: no refs found");
    }
    return end == 64;
  }

  @Override
  public void close() {
    if (staged.isPresent()) {
      staged.get().tree().close();
      staged.get().ref().close();
    }
  }
}
