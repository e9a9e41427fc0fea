package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The runs that go on or whose outputs are still held.
 *
 * <p>Lock order: this object's monitor, then a run's. Handles are retained under it, never closed.
 */
final class Works<J extends Participant> {
  private final Map<String, List<Work<J>>> byName = new HashMap<>();

  /** The run that serves this identity, new if there is none; the vertex takes part in it. */
  synchronized Work<J> join(WorkIdentity identity, VertexState<J> vertex, HeldInputs inputs) {
    for (var name : names(identity)) {
      for (var work : byName.getOrDefault(name, List.of())) {
        if (identity.isServedBy(work.identity())) {
          work.join(vertex);
          return work;
        }
      }
    }
    var work = new Work<>(identity, vertex, inputs);
    for (var name : names(identity)) {
      byName.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(work);
    }
    return work;
  }

  /** Equal runs share at least one of these. */
  private static Collection<String> names(WorkIdentity identity) {
    return identity.inputs().isEmpty()
        ? List.of(identity.opDigest())
        : identity.inputs().getFirst().stream()
            .map(input -> identity.opDigest() + " " + input)
            .toList();
  }

  /** Nobody joins this run any more. */
  synchronized void withdraw(Work<J> work) {
    for (var name : names(work.identity())) {
      var named = byName.get(name);
      if (named != null && named.remove(work) && named.isEmpty()) {
        byName.remove(name);
      }
    }
  }

  void leave(Work<J> work, VertexState<J> vertex) {
    synchronized (this) {
      if (!work.leave(vertex)) {
        return;
      }
      withdraw(work);
    }
    work.close();
  }

  synchronized int size() {
    return byName.size();
  }
}
