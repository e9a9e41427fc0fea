package org.jbuildkit.engine.progress;

import com.google.protobuf.ByteString;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.op.GraphVertex;
import org.jbuildkit.protocol.control.Vertex;
import org.jbuildkit.protocol.control.VertexLog;
import org.jbuildkit.protocol.control.VertexStatus;
import org.jbuildkit.solver.VertexProgress;

/**
 * What happened to one vertex. Every build that takes part sees all of it, also what was said
 * before it joined, in the progress group that its own definition names.
 */
public final class VertexTrail implements VertexProgress<Job> {
  private final Vertex vertex;
  private final Clock clock;
  private final Map<Job, Vertex> jobs = new LinkedHashMap<>();
  private final List<ProgressEvent> past = new ArrayList<>();
  private Optional<String> pin = Optional.empty();

  /**
   * @param vertex the announcement: digest, inputs, name and group
   */
  public VertexTrail(Vertex vertex, Clock clock) {
    this.vertex = vertex;
    this.clock = clock;
  }

  @Override
  public void join(Job job, org.jbuildkit.solver.Vertex<Job> as) {
    join(job, as instanceof GraphVertex known ? known.announcement() : vertex);
  }

  private synchronized void join(Job job, Vertex as) {
    if (jobs.putIfAbsent(job, as) == null) {
      job.progress().vertex(as);
      past.forEach(event -> send(job, as, event));
      pin.ifPresent(known -> job.notes().pinned(vertex.getDigest(), known));
    }
  }

  @Override
  public synchronized void leave(Job job) {
    jobs.remove(job);
  }

  @Override
  public Run started(boolean cached) {
    var start =
        vertex.toBuilder().setStarted(Timestamps.of(clock.instant())).setCached(cached).build();
    say(new ProgressEvent.OfVertex(start));
    return error -> {
      var end = start.toBuilder().setCompleted(Timestamps.of(clock.instant()));
      error.ifPresent(e -> end.setError(BuildException.describe(e)));
      say(new ProgressEvent.OfVertex(end.build()));
    };
  }

  @Override
  public void log(int stream, byte[] data) {
    say(
        new ProgressEvent.OfLog(
            VertexLog.newBuilder()
                .setVertex(vertex.getDigest())
                .setTimestamp(Timestamps.of(clock.instant()))
                .setStream(stream)
                .setMsg(ByteString.copyFrom(data))
                .build()));
  }

  @Override
  public void status(Status status) {
    var message =
        VertexStatus.newBuilder()
            .setVertex(vertex.getDigest())
            .setID(status.id())
            .setName(status.name())
            .setCurrent(status.current())
            .setTotal(status.total())
            .setTimestamp(Timestamps.of(status.timestamp()));
    status.started().map(Timestamps::of).ifPresent(message::setStarted);
    status.completed().map(Timestamps::of).ifPresent(message::setCompleted);
    say(new ProgressEvent.OfStatus(message.build()));
  }

  @Override
  public synchronized void pinned(String known) {
    pin = Optional.of(known);
    jobs.keySet().forEach(job -> job.notes().pinned(vertex.getDigest(), known));
  }

  private synchronized void say(ProgressEvent event) {
    past.add(event);
    jobs.forEach((job, as) -> send(job, as, event));
  }

  /** Each build sees the group that its own definition puts the vertex in. */
  private static void send(Job job, Vertex as, ProgressEvent event) {
    switch (event) {
      case ProgressEvent.OfVertex(var vertex) -> job.progress().vertex(grouped(vertex, as));
      case ProgressEvent.OfStatus(var status) -> job.progress().status(status);
      case ProgressEvent.OfLog(var log) -> job.progress().log(log);
      case ProgressEvent.OfWarning(var warning) -> job.progress().warning(warning);
    }
  }

  private static Vertex grouped(Vertex vertex, Vertex as) {
    var grouped = vertex.toBuilder();
    return as.hasProgressGroup()
        ? grouped.setProgressGroup(as.getProgressGroup()).build()
        : grouped.clearProgressGroup().build();
  }

  /** A trail outside of the graph that one build alone sees, announced at once. */
  public static VertexTrail of(Job job, String digest, String name, Clock clock) {
    var trail = new VertexTrail(Vertex.newBuilder().setDigest(digest).setName(name).build(), clock);
    trail.join(job, trail.vertex);
    return trail;
  }

  /** Runs {@code body} as one stretch of this vertex's work. */
  public <T> T during(Body<T> body) throws java.io.IOException, InterruptedException {
    var run = started(false);
    try {
      var value = body.call();
      run.completed(Optional.empty());
      return value;
    } catch (java.io.IOException | InterruptedException | RuntimeException e) {
      run.completed(Optional.of(e));
      throw e;
    }
  }

  /** Work that is reported as one stretch. */
  @FunctionalInterface
  public interface Body<T> {
    T call() throws java.io.IOException, InterruptedException;
  }
}
