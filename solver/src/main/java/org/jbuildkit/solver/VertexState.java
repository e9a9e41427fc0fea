package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Shared;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one vertex while some build wants it: its cache maps, the digests of its
 * inputs' content, its outputs, and who takes part.
 *
 * <p>Lock order: the solver's monitor, then this object's, which guards all fields and is held for
 * bookkeeping only.
 */
final class VertexState<J extends Participant> implements OpContext<J> {
  private final String name;
  private final Vertex<J> vertex;
  private final List<EdgeState<J>> inputs;
  private final Solver<J> solver;
  private final VertexProgress<J> progress;
  private final Map<J, Vertex<J>> jobs = new LinkedHashMap<>();
  private final List<Shared<CacheMap>> cacheMaps = new ArrayList<>(1);
  private final List<CacheMap> known = new ArrayList<>(1);
  private final List<ContentState<J>> contents;
  private final Map<Integer, EdgeState<J>> outputs = new HashMap<>(2);
  private Op<J> op;
  private @Nullable Work<J> work;
  private boolean closed;

  /**
   * @param name differs from the names of all other states that live at the same time
   */
  VertexState(
      String name,
      Vertex<J> vertex,
      List<EdgeState<J>> inputs,
      Solver<J> solver,
      VertexProgress<J> progress) {
    this.name = name;
    this.vertex = vertex;
    this.inputs = List.copyOf(inputs);
    this.solver = solver;
    this.progress = progress;
    this.op = vertex.op();
    this.contents = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      contents.add(new ContentState<>(this, i));
    }
  }

  String name() {
    return name;
  }

  Vertex<J> vertex() {
    return vertex;
  }

  List<EdgeState<J>> inputs() {
    return inputs;
  }

  boolean isRoot() {
    return inputs.isEmpty();
  }

  Solver<J> solver() {
    return solver;
  }

  VertexProgress<J> progress() {
    return progress;
  }

  synchronized Op<J> op() {
    return op;
  }

  synchronized EdgeState<J> output(int index) {
    return outputs.computeIfAbsent(index, i -> new EdgeState<>(this, i));
  }

  /** Whether the build is new here. */
  synchronized boolean addJob(J job, Vertex<J> as) {
    if (jobs.putIfAbsent(job, as) != null) {
      return false;
    }
    op = op.merged(as.op());
    return true;
  }

  /** Whether no build is left. */
  synchronized boolean removeJob(J job) {
    jobs.remove(job);
    return jobs.isEmpty();
  }

  @Override
  public synchronized List<J> participants() {
    return List.copyOf(jobs.keySet());
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
        requireOpen();
        cacheMaps.add(
            solver.slots().slot("cache map %d of %s".formatted(index, name), () -> keyed(index)));
      }
      slot = cacheMaps.get(index);
    }
    return slot.await();
  }

  private void requireOpen() {
    if (closed) {
      throw new BuildException(ErrorCode.CANCELLED, "context canceled");
    }
  }

  /** The cache maps computed so far. */
  synchronized List<CacheMap> knownCacheMaps() {
    return List.copyOf(known);
  }

  private CacheMap keyed(int index) throws InterruptedException {
    Errors.Attempt<CacheMap> body = () -> op().cacheMap(index, this);
    var map =
        isRoot()
            ? reported(() -> Errors.at(vertex, "failed to load cache key", body))
            : Errors.at(vertex, "failed to load cache key", body);
    synchronized (this) {
      if (known.size() == index) {
        known.add(map);
      }
    }
    return map;
  }

  ContentState<J> content(int input) {
    return contents.get(input);
  }

  /** The run that this vertex takes part in, for all of its outputs. */
  Work<J> work(WorkIdentity identity, HeldInputs held) {
    synchronized (this) {
      requireOpen();
      if (work == null) {
        work = solver.works().join(identity, this, held);
      }
      return work;
    }
  }

  /** Takes part in a run no more, so that the next one starts anew. */
  void abandon(Work<J> failed) {
    synchronized (this) {
      if (!failed.equals(work)) {
        return;
      }
      work = null;
    }
    solver.works().withdraw(failed);
    solver.works().leave(failed, this);
  }

  /** As {@link #abandon}, whichever run it is. */
  void abandonWork() {
    @Nullable Work<J> mine;
    synchronized (this) {
      mine = work;
    }
    if (mine != null) {
      abandon(mine);
    }
  }

  synchronized boolean takesPartIn(Work<J> some) {
    return some.equals(work);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Waits for an output of a run; the caller closes the handle. */
  Result run(Work<J> mine, int output) throws InterruptedException {
    return reported(() -> Errors.at(vertex, "", () -> mine.output(output)));
  }

  <T> T reported(Waiting<T> body) throws InterruptedException {
    var run = progress.started(false);
    try {
      var value = body.await();
      run.completed(Optional.empty());
      return value;
    } catch (InterruptedException e) {
      run.completed(Optional.of(new BuildException(ErrorCode.CANCELLED, "context canceled", e)));
      throw e;
    } catch (RuntimeException e) {
      run.completed(Optional.of(e));
      throw e;
    }
  }

  /** Lets go of everything; no build wants this vertex any more. */
  void close() {
    var slots = new ArrayList<Shared<?>>();
    List<EdgeState<J>> edges;
    @Nullable Work<J> mine;
    synchronized (this) {
      closed = true;
      slots.addAll(cacheMaps);
      edges = List.copyOf(outputs.values());
      mine = work;
      work = null;
    }
    slots.forEach(Shared::close);
    contents.forEach(ContentState::close);
    edges.forEach(EdgeState::close);
    if (mine != null) {
      solver.works().leave(mine, this);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Something that may wait. */
  @FunctionalInterface
  interface Waiting<T> {
    T await() throws InterruptedException;
  }
}
