package org.jbuildkit.solver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.Shared;

/** One run of an op on given inputs, shared by all vertices that turned out to want the same. */
final class Work<J extends Participant> implements OpContext<J> {
  private final WorkIdentity identity;
  private final VertexState<J> first;
  private final List<VertexState<J>> vertices = new CopyOnWriteArrayList<>();
  private final List<Result> inputs;
  private final List<Outcome> from;
  private final Map<Integer, CacheKey> names = new HashMap<>();
  private final Shared<List<Result>> outputs;
  private boolean closed;

  /**
   * @param inputs stay the caller's
   */
  Work(WorkIdentity identity, VertexState<J> first, HeldInputs inputs) {
    this.identity = identity;
    this.first = first;
    this.inputs = inputs.results().stream().map(Result::retain).toList();
    this.from = inputs.outcomes();
    vertices.add(first);
    this.outputs =
        first
            .solver()
            .slots()
            .nestingSlot(
                "run of " + first.name(), this::run, results -> results.forEach(Result::close));
  }

  WorkIdentity identity() {
    return identity;
  }

  /** What it runs on, which may not be the newest that its vertices have. */
  List<Outcome> from() {
    return from;
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

  boolean isUnderway() {
    return outputs.isUnderway();
  }

  private List<Result> run() throws IOException, InterruptedException {
    var held = holdInputs();
    var before = participants();
    try {
      return first.op().run(this, held);
    } catch (ResultGone e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (before.isEmpty() || !participants().containsAll(before)) {
        // It may have failed as a build that it relied on ended: the others try again.
        var again = new InterruptedException(BuildException.describe(e));
        again.initCause(e);
        throw again;
      }
      throw e;
    } finally {
      held.forEach(Result::close);
    }
  }

  private synchronized List<Result> holdInputs() {
    if (closed) {
      throw new BuildException(ErrorCode.CANCELLED, "context canceled");
    }
    return inputs.stream().map(Result::retain).toList();
  }

  /** Waits for an output; the caller closes the handle. */
  Result output(int index) throws InterruptedException {
    return outputs.await(results -> {
      if (index >= results.size()) {
        throw BuildException.failed(
            "invalid response from exec need %d index but %d results received"
                .formatted(index, results.size()));
      }
      return results.get(index).retain();
    });
  }

  /** The one name by which all who take part call an output that goes by no lasting name. */
  synchronized CacheKey name(int output, CacheKey proposed) {
    return names.computeIfAbsent(output, _ -> proposed);
  }

  void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    outputs.close();
    inputs.forEach(Result::close);
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
