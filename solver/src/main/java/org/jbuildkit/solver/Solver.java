package org.jbuildkit.solver;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.SharedGroup;
import org.jbuildkit.base.Threads;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates outputs of vertices for several builds at once. One state exists per vertex digest
 * while any build wants it; builds attach to it, and equal work of different vertices runs once.
 *
 * <p>Lock order: this object's monitor guards who holds which states, and comes before the states'
 * monitors. Nothing is waited for and no callback but the maker of progress is called under it.
 */
public final class Solver<J extends Participant> {
  private final KeyGraph keys;
  private final ResultStore results;
  private final Clock clock;
  private final Function<Vertex<J>, VertexProgress<J>> progress;
  private final BiConsumer<String, Throwable> warnings;
  private final SharedGroup slots;
  private final Works<J> works = new Works<>();
  private final Map<Digest, List<VertexState<J>>> states = new HashMap<>();
  private final Map<J, Set<VertexState<J>>> held = new HashMap<>();
  private int apart;

  /**
   * @param progress makes the progress of a vertex that becomes active
   * @param warnings takes what went wrong without failing a build
   */
  public Solver(
      KeyGraph keys,
      ResultStore results,
      Clock clock,
      Function<Vertex<J>, VertexProgress<J>> progress,
      BiConsumer<String, Throwable> warnings) {
    this(keys, results, clock, progress, warnings, Threads.virtual());
  }

  /**
   * @param threads where all work is done
   */
  public Solver(
      KeyGraph keys,
      ResultStore results,
      Clock clock,
      Function<Vertex<J>, VertexProgress<J>> progress,
      BiConsumer<String, Throwable> warnings,
      Threads threads) {
    this.keys = keys;
    this.results = results;
    this.clock = clock;
    this.progress = progress;
    this.warnings = warnings;
    this.slots = new SharedGroup(threads);
  }

  /** A build begins: it may hold states until {@link #release}. */
  public synchronized void open(J job) {
    held.putIfAbsent(job, new LinkedHashSet<>());
  }

  /**
   * Evaluates one output for an open build, which keeps all states of its graph until {@link
   * #release}.
   *
   * @return handles that the caller closes
   * @throws InterruptedException if the caller is interrupted; work that no other build wants stops
   * @throws BuildException the failure with its vertex; {@code CANCELLED} if the build is released
   *     before or meanwhile
   */
  public CachedResult solve(J job, Edge<J> edge) throws InterruptedException {
    return evaluate(attach(job, edge).orElseThrow(Solver::cancelled));
  }

  private static BuildException cancelled() {
    return new BuildException(ErrorCode.CANCELLED, "context canceled");
  }

  private CachedResult evaluate(EdgeState<J> edge) throws InterruptedException {
    var made = edge.hold();
    return new CachedResult(made.result(), made.outcome().keys());
  }

  /**
   * Announces a graph to a build without evaluating it.
   *
   * @throws BuildException {@code CANCELLED} if the build is released
   */
  public void load(J job, Edge<J> edge) {
    var _ = attach(job, edge).orElseThrow(Solver::cancelled);
  }

  /**
   * Evaluates an output in the midst of an op's run, for the builds that want that run. When the
   * build that it is done for ends, it goes on for another one.
   *
   * @param context the one that the op was given
   * @param graph what to evaluate, as a build may have it
   * @return handles that the caller closes
   * @throws InterruptedException also if no build wants the run any more
   * @throws BuildException {@code circular build: …} if it needs the run itself
   */
  public CachedResult solveWithin(OpContext<J> context, Function<J, Edge<J>> graph)
      throws InterruptedException {
    while (true) {
      for (var job : context.participants()) {
        var edge = graph.apply(job);
        var state = attach(job, edge);
        if (state.isEmpty()) {
          continue;
        }
        context.participants().forEach(other -> attach(other, edge));
        try {
          return evaluate(state.get());
        } catch (BuildException e) {
          if (e.code() != ErrorCode.CANCELLED || !state.get().state().isClosed()) {
            throw e;
          }
        }
      }
      if (context.participants().isEmpty()) {
        throw new InterruptedException("nobody wants the run any more");
      }
    }
  }

  /** The build is over: states that no other build wants are dropped with their results. */
  public void release(J job) {
    var left = new ArrayList<VertexState<J>>();
    var dropped = new ArrayList<VertexState<J>>();
    synchronized (this) {
      @Nullable Set<VertexState<J>> mine = held.remove(job);
      if (mine == null) {
        return;
      }
      for (var state : mine) {
        left.add(state);
        if (state.removeJob(job)) {
          drop(state);
          dropped.add(state);
        }
      }
    }
    left.forEach(state -> state.progress().leave(job));
    dropped.forEach(VertexState::close);
  }

  private void drop(VertexState<J> state) {
    var forms = states.get(state.vertex().digest());
    if (forms != null && forms.remove(state) && forms.isEmpty()) {
      states.remove(state.vertex().digest());
    }
  }

  /** Lets a build hold the states of a graph, unless it is over. */
  private Optional<EdgeState<J>> attach(J job, Edge<J> edge) {
    var order = InputsFirst.of(edge.vertex());
    var joined = new LinkedHashMap<VertexState<J>, Vertex<J>>();
    EdgeState<J> found;
    synchronized (this) {
      @Nullable Set<VertexState<J>> mine = held.get(job);
      if (mine == null) {
        return Optional.empty();
      }
      var made = new HashMap<Digest, VertexState<J>>();
      for (var vertex : order) {
        var state = state(vertex, made);
        made.put(vertex.digest(), state);
        if (mine.add(state)) {
          state.addJob(job, vertex);
          joined.put(state, vertex);
        }
      }
      found = require(made, edge);
    }
    joined.forEach((state, vertex) -> state.progress().join(job, vertex));
    return Optional.of(found);
  }

  private EdgeState<J> require(Map<Digest, VertexState<J>> made, Edge<J> edge) {
    var state = made.get(edge.vertex().digest());
    if (state == null) {
      throw new IllegalStateException("vertex is not loaded: " + edge.vertex().digest());
    }
    return state.output(edge.outputIndex());
  }

  /**
   * The state of a vertex. A forced vertex has the plain one, unless the same vertex is loaded
   * unforced: then it gets a state of its own, which later loads in either form join, and so does
   * all that is made from it.
   */
  private VertexState<J> state(Vertex<J> vertex, Map<Digest, VertexState<J>> made) {
    var inputs = new ArrayList<EdgeState<J>>();
    vertex.inputs().forEach(input -> inputs.add(require(made, input)));
    var forms = states.computeIfAbsent(vertex.digest(), _ -> new ArrayList<>(1));
    for (var newest : forms.reversed()) {
      if (mayJoin(vertex, inputs, newest)) {
        return newest;
      }
    }
    var name = vertex.digest() + (forms.isEmpty() ? "" : "-ignorecache" + ++apart);
    var state = new VertexState<>(name, vertex, inputs, this, progress.apply(vertex));
    forms.add(state);
    return state;
  }

  private static <J extends Participant> boolean mayJoin(
      Vertex<J> vertex, List<EdgeState<J>> inputs, VertexState<J> state) {
    return inputs.equals(state.inputs())
        && (state.vertex().ignoresCache() || !vertex.ignoresCache());
  }

  /** The stored cache. */
  public KeyGraph keys() {
    return keys;
  }

  /** What is computed at this moment, oldest first: for logs and dumps. */
  public List<SharedGroup.Activity> running() {
    return slots.running();
  }

  /** Whether nothing is left of any build. */
  public synchronized boolean isIdle() {
    return states.isEmpty() && held.isEmpty() && works.size() == 0;
  }

  ResultStore results() {
    return results;
  }

  Clock clock() {
    return clock;
  }

  SharedGroup slots() {
    return slots;
  }

  Works<J> works() {
    return works;
  }

  void warn(String message, Throwable cause) {
    warnings.accept(message, cause);
  }
}
