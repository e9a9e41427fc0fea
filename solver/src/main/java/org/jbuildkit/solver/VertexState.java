package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Shared;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one vertex while some build wants it: its cache maps, the digests of its
 * inputs' content, its outputs, and who takes part.
 */
final class VertexState<J extends Participant> implements OpContext<J> {
  private final Vertex<J> vertex;
  private final List<EdgeState<J>> inputs;
  private final Solver<J> solver;
  private final VertexProgress<J> progress;
  private final Set<J> jobs = new LinkedHashSet<>();
  private final List<Shared<CacheMap>> cacheMaps = new CopyOnWriteArrayList<>();
  private final List<Shared<String>> contentDigests = new ArrayList<>();
  private final Map<Integer, EdgeState<J>> outputs = new HashMap<>();
  private @Nullable Work<J> work;

  VertexState(
      Vertex<J> vertex, List<EdgeState<J>> inputs, Solver<J> solver, VertexProgress<J> progress) {
    this.vertex = vertex;
    this.inputs = List.copyOf(inputs);
    this.solver = solver;
    this.progress = progress;
    for (int i = 0; i < inputs.size(); i++) {
      int input = i;
      contentDigests.add(
          new Shared<>(
              "content of input " + i + " of " + vertex.digest(), () -> digestContent(input)));
    }
  }

  Vertex<J> vertex() {
    return vertex;
  }

  List<EdgeState<J>> inputs() {
    return inputs;
  }

  Solver<J> solver() {
    return solver;
  }

  VertexProgress<J> progress() {
    return progress;
  }

  synchronized EdgeState<J> output(int index) {
    return outputs.computeIfAbsent(index, i -> new EdgeState<>(this, i));
  }

  synchronized void addJob(J job) {
    if (jobs.add(job)) {
      progress.join(job);
    }
  }

  /** Whether no build is left. */
  synchronized boolean removeJob(J job) {
    if (jobs.remove(job)) {
      progress.leave(job);
    }
    return jobs.isEmpty();
  }

  @Override
  public synchronized List<J> participants() {
    return List.copyOf(jobs);
  }

  @Override
  public VertexReport report() {
    return progress;
  }

  /** The cache map at {@code index}; asked for in order. */
  CacheMap cacheMap(int index) throws InterruptedException {
    Shared<CacheMap> slot;
    synchronized (this) {
      if (index == cacheMaps.size()) {
        cacheMaps.add(
            new Shared<>(
                "cache map " + index + " of " + vertex.digest(), () -> computeCacheMap(index)));
      }
      slot = cacheMaps.get(index);
    }
    return slot.await();
  }

  /** The cache maps computed so far. */
  List<CacheMap> knownCacheMaps() {
    var known = new ArrayList<CacheMap>();
    cacheMaps.forEach(slot -> slot.peek().ifPresent(known::add));
    return known;
  }

  private CacheMap computeCacheMap(int index) throws InterruptedException {
    if (!inputs.isEmpty()) {
      return failing(() -> vertex.op().cacheMap(index, this), "failed to load cache key");
    }
    return reported(
        () -> failing(() -> vertex.op().cacheMap(index, this), "failed to load cache key"));
  }

  String contentDigest(int input) throws InterruptedException {
    return contentDigests.get(input).await();
  }

  private String digestContent(int input) throws InterruptedException {
    var digester = cacheMap(0).deps().get(input).content().orElseThrow(IllegalStateException::new);
    var outcome = inputs.get(input).await();
    try (var held = outcome.result().retain()) {
      return digester.digest(held);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      var run = progress.started(false);
      var error = located(BuildException.failed("failed to compute cache key", e));
      run.completed(Optional.of(error));
      throw error;
    }
  }

  /** The outputs of the run on these inputs, shared with whoever wants the same. */
  List<Result> run(WorkIdentity identity, List<Result> held) throws InterruptedException {
    Work<J> mine;
    synchronized (this) {
      if (work == null) {
        work = solver.works().join(identity, this, held);
      }
      mine = work;
    }
    return reported(() -> failing(mine::await, ""));
  }

  <T> T reported(Waiting<T> body) throws InterruptedException {
    var run = progress.started(false);
    try {
      var value = body.await();
      run.completed(Optional.empty());
      return value;
    } catch (InterruptedException e) {
      run.completed(
          Optional.of(
              new BuildException(org.jbuildkit.base.ErrorCode.CANCELLED, "context canceled", e)));
      throw e;
    } catch (RuntimeException e) {
      run.completed(Optional.of(e));
      throw e;
    }
  }

  private <T> T failing(Attempt<T> body, String what) throws InterruptedException {
    try {
      return body.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw located(what.isEmpty() ? asBuildException(e) : BuildException.failed(what, e));
    }
  }

  private static BuildException asBuildException(Exception e) {
    return e instanceof BuildException known
        ? known
        : new BuildException(org.jbuildkit.base.ErrorCode.UNKNOWN, BuildException.describe(e), e);
  }

  private BuildException located(BuildException error) {
    boolean known = error.details().stream().anyMatch(ErrorDetail.Vertex.class::isInstance);
    return known ? error : error.withDetail(new ErrorDetail.Vertex(vertex.digest().toString()));
  }

  /** Lets go of everything; no build wants this vertex any more. */
  void close() {
    List<EdgeState<J>> edges;
    Work<J> mine;
    synchronized (this) {
      edges = List.copyOf(outputs.values());
      mine = work;
      work = null;
    }
    edges.forEach(EdgeState::close);
    if (mine != null) {
      solver.works().leave(mine, this);
    }
  }

  /** Something that may wait and may fail in any way. */
  @FunctionalInterface
  interface Attempt<T> {
    T call() throws Exception;
  }

  /** Something that may wait. */
  @FunctionalInterface
  interface Waiting<T> {
    T await() throws InterruptedException;
  }
}
