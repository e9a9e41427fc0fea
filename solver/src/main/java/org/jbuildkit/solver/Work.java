package org.jbuildkit.solver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jbuildkit.base.Shared;

/** One run of an op on given inputs, shared by all vertices that turned out to want the same. */
final class Work<J extends Participant> implements OpContext<J> {
  private final WorkIdentity identity;
  private final List<VertexState<J>> vertices = new CopyOnWriteArrayList<>();
  private final Shared<List<Result>> outputs;

  Work(WorkIdentity identity, VertexState<J> first, List<Result> inputs) {
    this.identity = identity;
    vertices.add(first);
    var held = inputs.stream().map(Result::retain).toList();
    this.outputs =
        new Shared<>(
            "run " + first.vertex().digest(),
            () -> first.vertex().op().run(this, held),
            results -> results.forEach(Result::close));
    this.held = held;
  }

  private final List<Result> held;

  WorkIdentity identity() {
    return identity;
  }

  void join(VertexState<J> vertex) {
    if (!vertices.contains(vertex)) {
      vertices.add(vertex);
    }
  }

  /** Whether no vertex is left that wants this. */
  boolean leave(VertexState<J> vertex) {
    vertices.remove(vertex);
    return vertices.isEmpty();
  }

  /** Waits for the outputs; the handles stay the work's. */
  List<Result> await() throws InterruptedException {
    return outputs.await();
  }

  void close() {
    outputs.peek().ifPresent(results -> results.forEach(Result::close));
    held.forEach(Result::close);
  }

  @Override
  public List<J> participants() {
    Set<J> all = new LinkedHashSet<>();
    vertices.forEach(vertex -> all.addAll(vertex.participants()));
    return new ArrayList<>(all);
  }

  @Override
  public VertexReport report() {
    return new VertexReport() {
      @Override
      public void pinned(String pin) {
        vertices.forEach(vertex -> vertex.progress().pinned(pin));
      }

      @Override
      public void log(int stream, byte[] data) {
        vertices.forEach(vertex -> vertex.progress().log(stream, data));
      }

      @Override
      public Stretch resumed() {
        var stretches = vertices.stream().map(vertex -> vertex.progress().resumed()).toList();
        return error -> stretches.forEach(stretch -> stretch.completed(error));
      }

      @Override
      public void status(Status status) {
        vertices.forEach(vertex -> vertex.progress().status(status));
      }
    };
  }
}
