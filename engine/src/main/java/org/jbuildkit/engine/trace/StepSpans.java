package org.jbuildkit.engine.trace;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.control.Vertex;

/** The spans of a build's vertices, from what the build told of them. */
public final class StepSpans {
  private StepSpans() {}

  /**
   * One span for each stretch of work on a vertex.
   *
   * @param build the span that all of them are part of
   */
  public static List<RecordedSpan> of(
      List<ProgressEvent> events, TraceContext build, SpanMaker maker) {
    var spans = new ArrayList<RecordedSpan>();
    var seen = new HashSet<Vertex>();
    for (var event : events) {
      if (event instanceof ProgressEvent.OfVertex(var vertex)
          && vertex.hasStarted()
          && vertex.hasCompleted()
          && seen.add(vertex)) {
        spans.add(maker.span(work(vertex, build)));
      }
    }
    return spans;
  }

  private static SpanMaker.Work work(Vertex vertex, TraceContext build) {
    var attributes =
        vertex.getCached()
            ? Map.of("vertex", vertex.getDigest(), "cached", "true")
            : Map.of("vertex", vertex.getDigest());
    return new SpanMaker.Work(
        build.child(),
        build.spanId(),
        vertex.getName(),
        SpanMaker.Kind.INTERNAL,
        Timestamps.instant(vertex.getStarted()),
        Timestamps.instant(vertex.getCompleted()),
        attributes,
        Optional.of(vertex.getError()).filter(error -> !error.isEmpty()));
  }
}
