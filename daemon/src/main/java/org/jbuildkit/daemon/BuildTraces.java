package org.jbuildkit.daemon;

import java.util.Optional;
import org.jbuildkit.daemon.trace.Tracing;
import org.jbuildkit.engine.history.BuildOutcome;
import org.jbuildkit.engine.history.Recording;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.engine.trace.SpanJson;
import org.jbuildkit.engine.trace.SpanMaker;
import org.jbuildkit.engine.trace.SpanRecorder;
import org.jbuildkit.engine.trace.StepSpans;

/** The traces of builds, for their records. */
record BuildTraces(SpanRecorder recorder, Tracing.SpanSink sink, SpanMaker maker) {

  /** Records the trace that the current call is part of, if the build is recorded at all. */
  Optional<BuildOutcome.Spans> record(Job job, Recording build) {
    var place = Tracing.current();
    if (build.isInternal() || place.isEmpty()) {
      return Optional.empty();
    }
    job.notes().traced(place.get());
    var recording = recorder.record(place.get().traceId());
    return Optional.of(() -> {
      try (recording) {
        StepSpans.of(job.progress().events(), place.get(), maker).forEach(sink::add);
        return SpanJson.of(recording.spans());
      }
    });
  }
}
