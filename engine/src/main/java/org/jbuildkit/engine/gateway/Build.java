package org.jbuildkit.engine.gateway;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.RandomId;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.Ref;

/** One build as frontends see it: trees made of definitions, and at last a result. */
public final class Build implements AutoCloseable {
  private final Job job;
  private final BuildEngine engine;
  private final Clock clock;
  private final Map<String, BuildTree> trees = new LinkedHashMap<>();
  private final CompletableFuture<Returned> returned = new CompletableFuture<>();

  public Build(Job job, BuildEngine engine, Clock clock) {
    this.job = job;
    this.engine = engine;
    this.clock = clock;
  }

  /**
   * What a frontend returned.
   *
   * @param single the tree if there is one only
   * @param byPlatform trees by platform id
   */
  public record Returned(
      Optional<BuildTree> single, Map<String, BuildTree> byPlatform, Map<String, byte[]> metadata) {
    public Returned {
      byPlatform = new LinkedHashMap<>(byPlatform);
      metadata = new LinkedHashMap<>(metadata);
    }
  }

  public Job job() {
    return job;
  }

  /** A tree of a definition, announced but not made yet. */
  public BuildTree solve(Definition definition) {
    Optional<Edge<Job>> edge =
        definition.getDefCount() == 0
            ? Optional.empty()
            : Optional.of(engine.load(job, definition));
    edge.ifPresent(e -> engine.solver().load(job, e));
    var tree = new BuildTree(RandomId.next(), definition, edge, engine, job);
    synchronized (trees) {
      trees.put(tree.id(), tree);
    }
    return tree;
  }

  /**
   * A tree asked for before.
   *
   * @throws BuildException {@code no such ref}
   */
  public BuildTree tree(String id) {
    synchronized (trees) {
      var tree = trees.get(id);
      if (tree == null) {
        throw BuildException.failed(
            "no such ref: %s, all [%s]".formatted(id, String.join(" ", trees.keySet())));
      }
      return tree;
    }
  }

  /**
   * Digest and config of an image source.
   *
   * @param logName the progress vertex's name, or empty for the usual one
   */
  public Source.ImageMetadata resolveImage(Op source, String platform, String logName)
      throws IOException, InterruptedException {
    var identifier = source.getSource().getIdentifier();
    var name = logName.isEmpty() ? "resolve image config for " + identifier : logName;
    var digest = Digest.sha256(identifier + platform).toString();
    var trail = VertexTrail.of(job, digest, name, clock);
    var image =
        trail.during(() ->
            engine
                .source(source)
                .image(context(trail))
                .orElseThrow(() -> BuildException.failed("no image config for " + identifier)));
    job.notes().resolved(source, image.digest());
    return image;
  }

  private OpContext<Job> context(VertexReport report) {
    return new OpContext<>() {
      @Override
      public List<Job> participants() {
        return List.of(job);
      }

      @Override
      public VertexReport report() {
        return report;
      }
    };
  }

  /**
   * Ends the frontend's work.
   *
   * @throws BuildException {@code gateway result is already set}
   */
  public void complete(Returned result) {
    if (!returned.complete(result)) {
      throw BuildException.failed("gateway result is already set");
    }
  }

  /** Ends the frontend's work with its failure. */
  public void fail(BuildException error) {
    if (!returned.completeExceptionally(error)) {
      throw BuildException.failed("gateway result is already set");
    }
  }

  /** Waits for what the frontend returns. */
  public Returned awaitReturned() throws InterruptedException {
    try {
      return returned.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BuildException known) {
        throw known;
      }
      throw BuildException.failed("the frontend failed", e);
    }
  }

  /** Makes all trees of a result. */
  public BuildResult evaluate(Returned result) throws InterruptedException {
    var byPlatform = new LinkedHashMap<String, Optional<Ref>>();
    Optional<Ref> single = Optional.empty();
    try (var scope = TaskScope.open()) {
      var tasks = new LinkedHashMap<String, TaskScope.Task<Optional<Ref>>>();
      result.byPlatform().forEach((id, tree) -> tasks.put(id, scope.fork(tree::evaluate)));
      var one = result.single().map(tree -> scope.fork(tree::evaluate));
      scope.join();
      tasks.forEach((id, task) -> byPlatform.put(id, task.get()));
      single = one.flatMap(TaskScope.Task::get);
    }
    return new BuildResult(single, byPlatform, new LinkedHashMap<>(result.metadata()));
  }

  /** A wire map of metadata. */
  public static Map<String, byte[]> bytes(Map<String, ByteString> metadata) {
    var bytes = new LinkedHashMap<String, byte[]>();
    metadata.forEach((key, value) -> bytes.put(key, value.toByteArray()));
    return bytes;
  }

  /** Lets go of all trees and states. */
  @Override
  public void close() {
    List<BuildTree> all;
    synchronized (trees) {
      all = new ArrayList<>(trees.values());
    }
    all.forEach(BuildTree::close);
    engine.solver().release(job);
  }
}
