package org.jbuildkit.solver;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jbuildkit.base.Digest;

/**
 * Evaluates outputs of vertices for several builds at once. One state exists per vertex digest
 * while any build wants it; builds attach to it, and equal work of different vertices runs once.
 */
public final class Solver<J extends Participant> {
  private final KeyGraph keys;
  private final ResultStore results;
  private final Clock clock;
  private final Function<Vertex<J>, VertexProgress<J>> progress;
  private final BiConsumer<String, Throwable> warnings;
  private final Works<J> works = new Works<>();
  private final Map<String, VertexState<J>> states = new HashMap<>();
  private final Map<J, Set<VertexState<J>>> held = new HashMap<>();

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
    this.keys = keys;
    this.results = results;
    this.clock = clock;
    this.progress = progress;
    this.warnings = warnings;
  }

  /**
   * Evaluates one output for a build, which keeps all states of its graph until {@link #release}.
   *
   * @return handles that the caller closes
   * @throws InterruptedException if the caller is interrupted; work that no other build wants stops
   */
  public CachedResult solve(J job, Edge<J> edge) throws InterruptedException {
    var outcome = attach(job, edge).await();
    return new CachedResult(outcome.result().retain(), outcome.keys());
  }

  /** Announces a graph to a build without evaluating it. */
  public void load(J job, Edge<J> edge) {
    attach(job, edge);
  }

  /** The build is over: states that no other build wants are dropped with their results. */
  public void release(J job) {
    List<VertexState<J>> dropped = new ArrayList<>();
    synchronized (this) {
      var mine = held.remove(job);
      if (mine == null) {
        return;
      }
      for (var state : mine) {
        if (state.removeJob(job)) {
          states.values().removeIf(other -> other == state);
          dropped.add(state);
        }
      }
    }
    dropped.forEach(VertexState::close);
  }

  private synchronized EdgeState<J> attach(J job, Edge<J> edge) {
    var made = new HashMap<Digest, VertexState<J>>();
    for (var vertex : inputsFirst(edge.vertex())) {
      made.put(vertex.digest(), state(job, vertex, made));
    }
    return require(made, edge);
  }

  private EdgeState<J> require(Map<Digest, VertexState<J>> made, Edge<J> edge) {
    var state = made.get(edge.vertex().digest());
    if (state == null) {
      throw new IllegalStateException("vertex is not loaded: " + edge.vertex().digest());
    }
    return state.output(edge.outputIndex());
  }

  /** A loop, not a recursion: graphs may be thousands deep. */
  private List<Vertex<J>> inputsFirst(Vertex<J> root) {
    var ordered = new ArrayList<Vertex<J>>();
    var seen = new HashSet<Digest>();
    var stack = new ArrayDeque<Visit<J>>();
    stack.push(new Visit<>(root, false));
    while (!stack.isEmpty()) {
      var visit = stack.pop();
      if (visit.isDone()) {
        ordered.add(visit.vertex());
      } else if (seen.add(visit.vertex().digest())) {
        stack.push(new Visit<>(visit.vertex(), true));
        visit
            .vertex()
            .inputs()
            .reversed()
            .forEach(in -> stack.push(new Visit<>(in.vertex(), false)));
      }
    }
    return ordered;
  }

  private record Visit<J extends Participant>(Vertex<J> vertex, boolean isDone) {}

  private VertexState<J> state(J job, Vertex<J> vertex, Map<Digest, VertexState<J>> made) {
    var name = stateName(vertex);
    var state = states.get(name);
    if (state == null) {
      var inputs = new ArrayList<EdgeState<J>>();
      vertex.inputs().forEach(input -> inputs.add(require(made, input)));
      state = new VertexState<>(vertex, inputs, this, progress.apply(vertex));
      states.put(name, state);
    }
    if (held.computeIfAbsent(job, _ -> new HashSet<>()).add(state)) {
      state.addJob(job);
    }
    return state;
  }

  /**
   * A forced vertex runs under its own digest, unless the same vertex is loaded unforced: then it
   * gets a state of its own, which later loads in either form join.
   */
  private String stateName(Vertex<J> vertex) {
    var plain = vertex.digest().toString();
    var forced = plain + "-ignorecache";
    if (states.containsKey(forced)) {
      return forced;
    }
    var existing = states.get(plain);
    boolean apart = vertex.ignoresCache() && existing != null && !existing.vertex().ignoresCache();
    return apart ? forced : plain;
  }

  /** The stored cache. */
  public KeyGraph keys() {
    return keys;
  }

  ResultStore results() {
    return results;
  }

  Clock clock() {
    return clock;
  }

  Works<J> works() {
    return works;
  }

  void warn(String message, Throwable cause) {
    warnings.accept(message, cause);
  }
}
