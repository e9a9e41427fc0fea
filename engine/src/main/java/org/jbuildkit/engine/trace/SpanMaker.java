package org.jbuildkit.engine.trace;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.protocol.otlp.AnyValue;
import org.jbuildkit.protocol.otlp.InstrumentationScope;
import org.jbuildkit.protocol.otlp.KeyValue;
import org.jbuildkit.protocol.otlp.Resource;
import org.jbuildkit.protocol.otlp.Span;
import org.jbuildkit.protocol.otlp.Status;

/** Makes a program's own spans. */
public final class SpanMaker {
  private final Resource resource;
  private final InstrumentationScope scope;

  /** What a span does for its parent. */
  public enum Kind {
    INTERNAL(Span.SpanKind.SPAN_KIND_INTERNAL),
    SERVER(Span.SpanKind.SPAN_KIND_SERVER),
    CLIENT(Span.SpanKind.SPAN_KIND_CLIENT);

    private final Span.SpanKind wire;

    Kind(Span.SpanKind wire) {
      this.wire = wire;
    }
  }

  /**
   * @param service the program's name
   * @param scope of the code that makes spans
   */
  public SpanMaker(String service, String scope) {
    this.resource = Resource.newBuilder().addAttributes(text("service.name", service)).build();
    this.scope = InstrumentationScope.newBuilder().setName(scope).build();
  }

  /**
   * Work that is over.
   *
   * @param place the span's own
   * @param parent empty text for the first span of a trace
   * @param error why the work failed
   */
  public record Work(
      TraceContext place,
      String parent,
      String name,
      Kind kind,
      Instant started,
      Instant ended,
      Map<String, String> attributes,
      Optional<String> error) {
    public Work {
      attributes = new java.util.TreeMap<>(attributes);
    }
  }

  public RecordedSpan span(Work work) {
    var span =
        Span.newBuilder()
            .setTraceId(work.place().traceBytes())
            .setSpanId(work.place().spanBytes())
            .setTraceState(work.place().state())
            .setName(work.name())
            .setKind(work.kind().wire)
            .setStartTimeUnixNano(nanos(work.started()))
            .setEndTimeUnixNano(nanos(work.ended()));
    if (!work.parent().isEmpty()) {
      span.setParentSpanId(
          com.google.protobuf.ByteString.copyFrom(
              java.util.HexFormat.of().parseHex(work.parent())));
    }
    work.attributes().forEach((key, value) -> span.addAttributes(text(key, value)));
    work.error()
        .ifPresent(message ->
            span.setStatus(
                Status.newBuilder()
                    .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                    .setMessage(message)));
    return new RecordedSpan(resource, scope, span.build());
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
