package org.jbuildkit.engine.trace;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jbuildkit.base.Json;
import org.jbuildkit.protocol.otlp.AnyValue;
import org.jbuildkit.protocol.otlp.KeyValue;
import org.jbuildkit.protocol.otlp.Span;
import org.jbuildkit.protocol.otlp.Status;

/**
 * Spans as build records keep them: one indented object after the other, in the form of Go's SDK.
 */
public final class SpanJson {
  private static final String SAMPLED = "01";
  private static final int REMOTE_KNOWN = 0x100;
  private static final int REMOTE = 0x200;

  private SpanJson() {}

  public static byte[] of(List<RecordedSpan> spans) {
    var children = new HashMap<ByteString, Integer>();
    spans.forEach(span -> children.merge(span.span().getParentSpanId(), 1, Integer::sum));
    var text = new StringBuilder();
    for (var span : spans) {
      text.append(json(span, children).writeIndented("", "  ")).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Json.Obj json(RecordedSpan recorded, Map<ByteString, Integer> children) {
    var span = recorded.span();
    var scope = scope(recorded);
    return Json.object()
        .put("Name", span.getName())
        .put("SpanContext", context(span, span.getSpanId(), false))
        .put("Parent", parent(span))
        .put("SpanKind", span.getKindValue())
        .put("StartTime", time(span.getStartTimeUnixNano()))
        .put("EndTime", time(span.getEndTimeUnixNano()))
        .put("Attributes", attributes(span.getAttributesList()))
        .put("Events", list(span.getEventsList(), SpanJson::event))
        .put("Links", list(span.getLinksList(), SpanJson::link))
        .put("Status", status(span.getStatus()))
        .put("DroppedAttributes", span.getDroppedAttributesCount())
        .put("DroppedEvents", span.getDroppedEventsCount())
        .put("DroppedLinks", span.getDroppedLinksCount())
        .put("ChildSpanCount", children.getOrDefault(span.getSpanId(), 0))
        .put("Resource", attributes(recorded.resource().getAttributesList()))
        .put("InstrumentationScope", scope)
        .put("InstrumentationLibrary", scope)
        .build();
  }

  private static Json.Obj scope(RecordedSpan recorded) {
    return Json.object()
        .put("Name", recorded.scope().getName())
        .put("Version", recorded.scope().getVersion())
        .put("SchemaURL", "")
        .put("Attributes", attributes(recorded.scope().getAttributesList()))
        .build();
  }

  private static Json parent(Span span) {
    if (span.getParentSpanId().isEmpty()) {
      return place("0".repeat(32), "0".repeat(16), "00", "", false);
    }
    boolean isRemote =
        (span.getFlags() & REMOTE_KNOWN) != 0
            ? (span.getFlags() & REMOTE) != 0
            : span.getKind() == Span.SpanKind.SPAN_KIND_SERVER;
    return context(span, span.getParentSpanId(), isRemote);
  }

  private static Json context(Span span, ByteString id, boolean isRemote) {
    return place(hex(span.getTraceId()), hex(id), SAMPLED, span.getTraceState(), isRemote);
  }

  private static Json place(
      String trace, String span, String flags, String state, boolean isRemote) {
    return Json.object()
        .put("TraceID", trace)
        .put("SpanID", span)
        .put("TraceFlags", flags)
        .put("TraceState", state)
        .put("Remote", isRemote)
        .build();
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String time(long nanos) {
    return Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L).toString();
  }

  private static <T> Json list(List<T> elements, Function<T, Json> form) {
    return elements.isEmpty()
        ? new Json.Null()
        : new Json.Arr(elements.stream().map(form).toList());
  }

  private static Json event(Span.Event event) {
    return Json.object()
        .put("Name", event.getName())
        .put("Attributes", attributes(event.getAttributesList()))
        .put("DroppedAttributeCount", event.getDroppedAttributesCount())
        .put("Time", time(event.getTimeUnixNano()))
        .build();
  }

  private static Json link(Span.Link link) {
    return Json.object()
        .put(
            "SpanContext",
            place(
                hex(link.getTraceId()),
                hex(link.getSpanId()),
                SAMPLED,
                link.getTraceState(),
                false))
        .put("Attributes", attributes(link.getAttributesList()))
        .put("DroppedAttributeCount", link.getDroppedAttributesCount())
        .build();
  }

  /** Go's numbers: an error is 1 and success 2, the other way round than on the wire. */
  private static Json status(Status status) {
    int code =
        switch (status.getCode()) {
          case STATUS_CODE_ERROR -> 1;
          case STATUS_CODE_OK -> 2;
          case STATUS_CODE_UNSET, UNRECOGNIZED -> 0;
        };
    return Json.object().put("Code", code).put("Description", status.getMessage()).build();
  }

  private static Json attributes(List<KeyValue> attributes) {
    return list(
        attributes,
        attribute ->
            Json.object()
                .put("Key", attribute.getKey())
                .put("Value", value(attribute.getValue()))
                .build());
  }

  private static Json value(AnyValue value) {
    return switch (value.getValueCase()) {
      case BOOL_VALUE -> typed("BOOL", Json.of(value.getBoolValue()));
      case INT_VALUE -> typed("INT64", Json.of(value.getIntValue()));
      case DOUBLE_VALUE -> typed("FLOAT64", number(value.getDoubleValue()));
      case ARRAY_VALUE -> array(value.getArrayValue().getValuesList());
      case BYTES_VALUE -> typed("STRING", Json.of(value.getBytesValue().toStringUtf8()));
      case STRING_VALUE, KVLIST_VALUE, VALUE_NOT_SET ->
          typed("STRING", Json.of(value.getStringValue()));
    };
  }

  private static Json number(double value) {
    return Double.isFinite(value)
        ? new Json.Num(new java.math.BigDecimal(Double.toString(value)))
        : Json.of(Double.toString(value));
  }

  private static Json array(List<AnyValue> values) {
    var kind =
        values.isEmpty() ? AnyValue.ValueCase.STRING_VALUE : values.getFirst().getValueCase();
    var elements = new ArrayList<Json>();
    for (var element : values) {
      elements.add(
          switch (kind) {
            case BOOL_VALUE -> Json.of(element.getBoolValue());
            case INT_VALUE -> Json.of(element.getIntValue());
            case DOUBLE_VALUE -> number(element.getDoubleValue());
            default -> Json.of(element.getStringValue());
          });
    }
    var name =
        switch (kind) {
          case BOOL_VALUE -> "BOOLSLICE";
          case INT_VALUE -> "INT64SLICE";
          case DOUBLE_VALUE -> "FLOAT64SLICE";
          default -> "STRINGSLICE";
        };
    return typed(name, new Json.Arr(elements));
  }

  private static Json typed(String type, Json value) {
    return Json.object().put("Type", type).put("Value", value).build();
  }
}
