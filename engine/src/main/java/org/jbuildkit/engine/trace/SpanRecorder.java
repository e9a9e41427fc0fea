package org.jbuildkit.engine.trace;

import com.google.protobuf.ByteString;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jbuildkit.protocol.otlp.ResourceSpans;

/**
 * Keeps spans by trace until whoever records a trace takes them. Spans of traces that nobody
 * records go after a minute. Bounded, whatever clients hand in.
 */
public final class SpanRecorder {
  private static final Duration UNCLAIMED = Duration.ofMinutes(1);
  private static final int MAX_TRACES = 1000;
  private static final long MAX_BYTES = 64L << 20;

  private final Clock clock;
  private final Map<String, Trace> traces = new LinkedHashMap<>();

  private static final class Trace {
    private final List<RecordedSpan> spans = new ArrayList<>();
    private long bytes;
    private int recorders;
    private Instant touched;

    Trace(Instant now) {
      this.touched = now;
    }
  }

  public SpanRecorder(Clock clock) {
    this.clock = clock;
  }

  /** Takes in spans of any traces. */
  public void add(List<ResourceSpans> spans) {
    for (var resource : spans) {
      for (var scope : resource.getScopeSpansList()) {
        for (var span : scope.getSpansList()) {
          add(new RecordedSpan(resource.getResource(), scope.getScope(), span));
        }
      }
    }
  }

  /** Takes in a span. */
  public synchronized void add(RecordedSpan span) {
    var trace = trace(id(span.span().getTraceId()));
    int size = span.span().getSerializedSize() + span.resource().getSerializedSize();
    long kept = traces.values().stream().mapToLong(known -> known.bytes).sum();
    if (kept + size <= MAX_BYTES) {
      trace.spans.add(span);
      trace.bytes += size;
    }
  }

  private static String id(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private Trace trace(String id) {
    var now = clock.instant();
    dropOld(now);
    var trace = traces.computeIfAbsent(id, _ -> new Trace(now));
    trace.touched = now;
    return trace;
  }

  private void dropOld(Instant now) {
    var oldest = now.minus(UNCLAIMED);
    traces.values().removeIf(trace -> trace.recorders == 0 && trace.touched.isBefore(oldest));
    var all = traces.values().iterator();
    while (traces.size() >= MAX_TRACES && all.hasNext()) {
      if (all.next().recorders == 0) {
        all.remove();
      }
    }
  }

  /** Records a trace from here on, and what is there of it already. The caller closes it. */
  public synchronized Recording record(String traceId) {
    trace(traceId).recorders++;
    return new Recording(traceId);
  }

  /** One interest in a trace. */
  public final class Recording implements AutoCloseable {
    private final String traceId;
    private boolean closed;

    private Recording(String traceId) {
      this.traceId = traceId;
    }

    /** All spans so far. */
    public List<RecordedSpan> spans() {
      synchronized (SpanRecorder.this) {
        return List.copyOf(trace(traceId).spans);
      }
    }

    @Override
    public void close() {
      synchronized (SpanRecorder.this) {
        if (!closed) {
          closed = true;
          trace(traceId).recorders--;
        }
      }
    }
  }
}
