package org.jbuildkit.daemon.trace;

import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jbuildkit.protocol.otlp.ExportTraceServiceRequest;
import org.jbuildkit.protocol.otlp.ExportTraceServiceResponse;
import org.jbuildkit.protocol.otlp.ResourceSpans;
import org.jbuildkit.protocol.otlp.TraceServiceGrpc;

/** Answers {@code opentelemetry.proto.collector.trace.v1.TraceService}: clients' spans. */
public final class TraceIntake extends TraceServiceGrpc.TraceServiceImplBase {
  private final Sink sink;

  /** Takes what clients hand in. */
  @FunctionalInterface
  public interface Sink {
    void add(List<ResourceSpans> spans);
  }

  public TraceIntake(Sink sink) {
    this.sink = sink;
  }

  @Override
  public void export(
      ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> out) {
    sink.add(request.getResourceSpansList());
    out.onNext(ExportTraceServiceResponse.getDefaultInstance());
    out.onCompleted();
  }
}
