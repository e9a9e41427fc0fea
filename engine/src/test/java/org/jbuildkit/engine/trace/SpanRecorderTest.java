package org.jbuildkit.engine.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.engine.progress.ProgressEvent;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.control.Vertex;
import org.junit.jupiter.api.Test;

class SpanRecorderTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SpanMaker maker = new SpanMaker("test", "scope");
  private Instant now = START;
  private final SpanRecorder recorder =
      new SpanRecorder(
          new Clock() {
            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return now;
            }
          });

  private RecordedSpan span(TraceContext place, String name) {
    return maker.span(
        new SpanMaker.Work(
            place,
            "00000000000000aa",
            name,
            SpanMaker.Kind.SERVER,
            START,
            START.plusMillis(5),
            Map.of("k", "v"),
            Optional.of("it broke")));
  }

  private static List<String> names(SpanRecorder.Recording recording) {
    return recording.spans().stream().map(span -> span.span().getName()).toList();
  }

  @Test
  void aTraceIsRecordedFromItsFirstSpanOn() {
    var place = TraceContext.start();
    recorder.add(span(place, "early"));
    try (var recording = recorder.record(place.traceId())) {
      recorder.add(List.of(span(place.child(), "later").message()));
      recorder.add(span(TraceContext.start(), "other"));
      assertThat(names(recording)).containsExactly("early", "later");
    }
  }

  @Test
  void spansThatNobodyRecordsGoAfterAMinute() {
    var claimed = TraceContext.start();
    var unclaimed = TraceContext.start();
    recorder.add(span(unclaimed, "lost"));
    try (var recording = recorder.record(claimed.traceId())) {
      recorder.add(span(claimed, "kept"));
      now = now.plus(Duration.ofMinutes(2));
      recorder.add(span(TraceContext.start(), "other"));
      assertThat(names(recording)).containsExactly("kept");
    }
    try (var recording = recorder.record(unclaimed.traceId())) {
      assertThat(names(recording)).isEmpty();
    }
  }

  @Test
  void aPlaceIsReadFromItsHeaderAndNothingElse() {
    var header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    var place = TraceContext.parse(header, "a=b").orElseThrow();
    assertThat(place.header()).isEqualTo(header);
    assertThat(place.child().traceId()).isEqualTo(place.traceId());
    assertThat(place.child().spanId()).isNotEqualTo(place.spanId());
    assertThat(TraceContext.parse(header + "-x", "")).isEmpty();
    assertThat(TraceContext.parse("ff" + header.substring(2), "")).isEmpty();
    assertThat(TraceContext.parse("00-" + "0".repeat(32) + "-00f067aa0ba902b7-01", "")).isEmpty();
    assertThat(TraceContext.parse("", "")).isEmpty();
  }

  @Test
  void spansAreWrittenAsGoWritesThem() {
    var place = new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "01", "");
    var text = new String(SpanJson.of(List.of(span(place, "call"))), StandardCharsets.UTF_8);
    assertThat(text)
        .startsWith(
            """
            {
              "Name": "call",
              "SpanContext": {
                "TraceID": "4bf92f3577b34da6a3ce929d0e0e4736",
                "SpanID": "00f067aa0ba902b7",
                "TraceFlags": "01",
                "TraceState": "",
                "Remote": false
              },
              "Parent": {
                "TraceID": "4bf92f3577b34da6a3ce929d0e0e4736",
                "SpanID": "00000000000000aa",
                "TraceFlags": "01",
                "TraceState": "",
                "Remote": true
              },
              "SpanKind": 2,
              "StartTime": "2026-01-01T00:00:00Z",
              "EndTime": "2026-01-01T00:00:00.005Z",
              "Attributes": [
                {
                  "Key": "k",
                  "Value": {
                    "Type": "STRING",
                    "Value": "v"
                  }
                }
              ],
              "Events": null,
              "Links": null,
              "Status": {
                "Code": 1,
                "Description": "it broke"
              },
            """)
        .endsWith("}\n");
  }

  @Test
  void everyStretchOfWorkOnAVertexIsASpan() {
    var vertex = Vertex.newBuilder().setDigest("sha256:1").setName("[1/1] RUN x");
    var started = vertex.clone().setStarted(Timestamps.of(START));
    var failed = started.clone().setCompleted(Timestamps.of(START.plusSeconds(1))).setError("bad");
    var place = TraceContext.start();
    var spans =
        StepSpans.of(
            List.of(
                new ProgressEvent.OfVertex(vertex.build()),
                new ProgressEvent.OfVertex(started.build()),
                new ProgressEvent.OfVertex(failed.build())),
            place,
            maker);
    assertThat(spans).hasSize(1);
    assertThat(spans.getFirst().span().getName()).isEqualTo("[1/1] RUN x");
    assertThat(spans.getFirst().span().getStatus().getMessage()).isEqualTo("bad");
    assertThat(spans.getFirst().span().getParentSpanId()).isEqualTo(place.spanBytes());
  }
}
