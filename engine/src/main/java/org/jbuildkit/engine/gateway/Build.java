package org.jbuildkit.engine.gateway;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.TaskScope;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.engine.BuildEngine;
import org.jbuildkit.engine.BuildResult;
import org.jbuildkit.engine.ResultAttestation;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.policy.SourceChecks;
import org.jbuildkit.engine.policy.SourceGate;
import org.jbuildkit.engine.progress.VertexTrail;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.sourcepolicy.Policy;
import org.jbuildkit.solver.Edge;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.Ref;

/** One build as frontends see it: it makes trees of definitions, and looks images up. */
public final class Build implements AutoCloseable {
  private final Job job;
  private final BuildEngine engine;
  private final Frontends frontends;
  private final SourceChecks checks;
  private final Clock clock;
  private final List<BuildTree> trees = new ArrayList<>();

  /**
   * @param frontends those that may be called
   * @param checks what sources may be used
   */
  public Build(Job job, BuildEngine engine, Frontends frontends, SourceChecks checks, Clock clock) {
    this.frontends = frontends;
    this.checks = checks;
    this.job = job;
    this.engine = engine;
    this.clock = clock;
    engine.solver().open(job);
  }

  /**
   * What a frontend returned.
   *
   * @param single the tree if there is one only
   * @param byPlatform trees by platform id; nothing inside is the empty tree
   * @param attestations by platform id
   */
  public record Returned(
      Optional<BuildTree> single,
      Map<String, Optional<BuildTree>> byPlatform,
      Map<String, byte[]> metadata,
      Map<String, List<Attestation>> attestations) {
    /** Without anything. */
    public static final Returned NOTHING = new Returned(Optional.empty(), Map.of(), Map.of());

    public Returned {
      byPlatform = new LinkedHashMap<>(byPlatform);
      metadata = new LinkedHashMap<>(metadata);
      attestations = new LinkedHashMap<>(attestations);
    }

    public Returned(
        Optional<BuildTree> single,
        Map<String, Optional<BuildTree>> byPlatform,
        Map<String, byte[]> metadata) {
      this(single, byPlatform, metadata, Map.of());
    }

    public Returned withAttestations(Map<String, List<Attestation>> changed) {
      return new Returned(single, byPlatform, metadata, changed);
    }

    /** One tree, of which nothing is said. */
    public static Returned of(BuildTree tree) {
      return new Returned(Optional.of(tree), Map.of(), Map.of());
    }

    /** The tree that stands for the result where only one can. */
    public Optional<BuildTree> first() {
      return single.or(() -> byPlatform.values().stream().flatMap(Optional::stream).findFirst());
    }
  }

  public Job job() {
    return job;
  }

  /** The frontends that may be called. */
  public Frontends frontends() {
    return frontends;
  }

  /** Takes note of what went wrong without failing the build. */
  void warn(String message, Throwable cause) {
    engine.warn(message, cause);
  }

  /** A tree of a definition, announced but not made yet. */
  public BuildTree solve(Definition definition) {
    return solve(definition, List.of());
  }

  /** As {@link #solve(Definition)}, with policies for its sources after those of the build. */
  public BuildTree solve(Definition definition, List<Policy> policies) {
    var gate = gate(policies);
    Optional<Edge<Job>> edge =
        definition.getDefCount() == 0
            ? Optional.empty()
            : Optional.of(engine.load(job, definition, gate::passUninterrupted));
    edge.ifPresent(e -> engine.solver().load(job, e));
    var tree = new BuildTree(definition, edge, engine, job);
    synchronized (trees) {
      trees.add(tree);
    }
    return tree;
  }

  private SourceGate gate(List<Policy> policies) {
    return new SourceGate(
        checks.with(policies), request -> SourceQuestions.unchecked(this, request));
  }

  /**
   * The source that is used in place of one that a frontend asks about.
   *
   * @throws BuildException {@code could not resolve image due to policy}
   */
  Op allowed(Op source, List<Policy> policies) throws InterruptedException {
    try {
      return gate(policies).pass(source);
    } catch (BuildException e) {
      throw e.within("could not resolve image due to policy");
    }
  }

  /**
   * An image source that was looked up.
   *
   * @param identifier of the source that was taken: a policy may have replaced the one asked for
   * @param digest of the index or manifest
   * @param config JSON
   */
  public record Image(String identifier, Digest digest, byte[] config) {}

  /**
   * Digest and config of an image source, or of what policies put in its place.
   *
   * @param logName the progress vertex's name, or empty for the usual one
   */
  public Image resolveImage(Op source, String platform, String logName)
      throws IOException, InterruptedException {
    var allowed = allowed(source, List.of());
    var found = metadata(allowed, platform, logName);
    return new Image(allowed.getSource().getIdentifier(), found.digest(), found.config());
  }

  /** Digest and config of a source that may be used. */
  Source.ImageMetadata metadata(Op source, String platform, String logName)
      throws IOException, InterruptedException {
    var image =
        looked(
            source,
            platform,
            logName,
            (opened, context) ->
                opened
                    .image(context)
                    .orElseThrow(() ->
                        BuildException.failed(
                            "no image config for " + source.getSource().getIdentifier())));
    job.notes().resolved(source, image.digest());
    return image;
  }

  /** A question to a source. */
  @FunctionalInterface
  interface Look<T> {
    T at(Source.Instance source, OpContext<Job> context) throws IOException, InterruptedException;
  }

  /** Asks a source that may be used, as a step of its own. */
  <T> T looked(Op source, String platform, String logName, Look<T> look)
      throws IOException, InterruptedException {
    var identifier = source.getSource().getIdentifier();
    var name = logName.isEmpty() ? "resolve image config for " + identifier : logName;
    var digest = Digest.sha256(identifier + platform).toString();
    var trail = VertexTrail.of(job, digest, UserInfo.maskedIn(name), clock);
    return trail.during(() -> look.at(engine.source(source), context(trail)));
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

  /** Makes all trees of a result. */
  public BuildResult evaluate(Returned result) throws InterruptedException {
    var byPlatform = new LinkedHashMap<String, Optional<Ref>>();
    Optional<Ref> single = Optional.empty();
    try (var scope = TaskScope.open()) {
      var tasks = new LinkedHashMap<String, TaskScope.Task<Optional<Ref>>>();
      result.byPlatform().forEach((id, tree) -> tasks.put(id, scope.fork(() -> evaluate(tree))));
      var only = result.single().map(tree -> scope.fork(tree::evaluate));
      result
          .attestations()
          .values()
          .forEach(all -> all.forEach(one -> scope.fork(() -> evaluate(one.tree()))));
      scope.join();
      tasks.forEach((id, task) -> byPlatform.put(id, task.get()));
      single = only.flatMap(TaskScope.Task::get);
    }
    return new BuildResult(
        single, byPlatform, new LinkedHashMap<>(result.metadata()), attestations(result));
  }

  /** Their trees are made already. */
  private static SequencedMap<String, List<ResultAttestation>> attestations(Returned result)
      throws InterruptedException {
    var attestations = new LinkedHashMap<String, List<ResultAttestation>>();
    for (var entry : result.attestations().entrySet()) {
      var made = new ArrayList<ResultAttestation>();
      for (var attestation : entry.getValue()) {
        made.add(attestation.made(evaluate(attestation.tree())));
      }
      attestations.put(entry.getKey(), made);
    }
    return attestations;
  }

  private static Optional<Ref> evaluate(Optional<BuildTree> tree) throws InterruptedException {
    return tree.isEmpty() ? Optional.empty() : tree.get().evaluate();
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
      all = new ArrayList<>(trees);
    }
    all.forEach(BuildTree::close);
    try {
      job.failed().close();
    } catch (IOException e) {
      engine.warn("can't remove what failed steps left", e);
    }
    engine.solver().release(job);
  }
}
