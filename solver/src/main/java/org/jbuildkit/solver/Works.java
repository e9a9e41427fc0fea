package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The runs that go on or whose outputs are still held. */
final class Works<J extends Participant> {
  private final Map<String, List<Work<J>>> byOp = new HashMap<>();

  /** The run that serves this identity, new if there is none; the vertex takes part in it. */
  synchronized Work<J> join(WorkIdentity identity, VertexState<J> vertex, List<Result> inputs) {
    var candidates = byOp.computeIfAbsent(identity.opDigest(), _ -> new ArrayList<>());
    for (var work : candidates) {
      if (identity.isServedBy(work.identity())) {
        work.join(vertex);
        return work;
      }
    }
    var work = new Work<>(identity, vertex, inputs);
    candidates.add(work);
    return work;
  }

  void leave(Work<J> work, VertexState<J> vertex) {
    synchronized (this) {
      if (!work.leave(vertex)) {
        return;
      }
      var opDigest = work.identity().opDigest();
      var candidates = byOp.get(opDigest);
      if (candidates != null && candidates.remove(work) && candidates.isEmpty()) {
        byOp.remove(opDigest);
      }
    }
    work.close();
  }
}
