package org.jbuildkit.engine.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Shared;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.RefResult;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Range;
import org.jbuildkit.solver.CachedResult;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.store.Ref;

/** A tree that a frontend asked for; made when somebody first needs it. */
public final class BuildTree implements AutoCloseable {
  private final Definition definition;
  private final Optional<Shared<CachedResult>> result;

  /**
   * @param edge the result of {@code definition}; nothing for the empty tree
   */
  BuildTree(Definition definition, Optional<Edge<Job>> edge, BuildEngine engine, Job job) {
    this.definition = definition;
    this.result =
        edge.map(e ->
            new Shared<>(
                "tree of " + job, () -> engine.solver().solve(job, e), CachedResult::close));
  }

  public Definition definition() {
    return definition;
  }

  /**
   * Makes the tree. Its handle stays this one's; nothing is the empty tree.
   *
   * @throws BuildException with the places of the text that the failing vertex was made from
   */
  public Optional<Ref> evaluate() throws InterruptedException {
    if (result.isEmpty()) {
      return Optional.empty();
    }
    try {
      return RefResult.tree(result.get().await().result());
    } catch (BuildException e) {
      throw located(e);
    }
  }

  private BuildException located(BuildException error) {
    var located = error;
    for (var detail : error.details()) {
      if (!(detail instanceof ErrorDetail.Vertex(String digest))) {
        continue;
      }
      var locations = definition.getSource().getLocationsMap().get(digest);
      if (locations == null) {
        continue;
      }
      for (var location : locations.getLocationsList()) {
        int source = location.getSourceIndex();
        if (source < 0 || source >= definition.getSource().getInfosCount()) {
          continue;
        }
        var info = definition.getSource().getInfos(source);
        var ranges = new ArrayList<ErrorDetail.Range>();
        location.getRangesList().forEach(range -> ranges.add(range(range)));
        located =
            located.withDetail(
                new ErrorDetail.Source(
                    info.getFilename(),
                    info.getLanguage(),
                    info.getData().toByteArray(),
                    info.getDefinition().toByteArray(),
                    ranges));
      }
    }
    return located;
  }

  private static ErrorDetail.Range range(Range range) {
    return new ErrorDetail.Range(
        range.getStart().getLine(),
        range.getStart().getCharacter(),
        range.getEnd().getLine(),
        range.getEnd().getCharacter());
  }

  /** Looks at the tree's files. */
  @FunctionalInterface
  public interface Look<R> {
    R at(TreeReader files) throws IOException;
  }

  /**
   * Makes the tree and looks at it.
   *
   * @throws BuildException what {@code look} says, or what prevented the tree
   */
  public <R> R read(Look<R> look) throws IOException, InterruptedException {
    var tree = evaluate();
    if (tree.isEmpty()) {
      return look.at(TreeReader.EMPTY);
    }
    try (var mounted = tree.get().mount();
        var root = mounted.open()) {
      return look.at(TreeReader.of(root));
    }
  }

  /**
   * The bytes of a regular file, links followed inside the tree.
   *
   * @throws BuildException {@code open PATH: no such file or directory}, or if it is no file
   */
  public byte[] readFile(String path) throws IOException, InterruptedException {
    return read(files -> files.file(path));
  }

  /** Lets go of the tree. */
  @Override
  public void close() {
    result.ifPresent(Shared::close);
  }
}
