package org.jbuildkit.daemon.trace;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jbuildkit.engine.trace.RecordedSpan;
import org.jbuildkit.engine.trace.SpanMaker;
import org.jbuildkit.engine.trace.TraceContext;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.CallHeaders;

/**
 * Makes a span of each call to the daemon, and of each call that the daemon makes to a client in
 * turn. What is called sees the span's place as the call's {@code traceparent}.
 */
public final class Tracing implements ServerInterceptor {
  private static final Context.Key<TraceContext> PLACE = Context.key("trace");

  private final SpanSink sink;
  private final SpanMaker maker;
  private final Clock clock;

  /** Takes finished spans. */
  @FunctionalInterface
  public interface SpanSink {
    void add(RecordedSpan span);
  }

  public Tracing(SpanSink sink, Clock clock) {
    this.sink = sink;
    this.maker = new SpanMaker("buildkitd", "org.jbuildkit");
    this.clock = clock;
  }

  public SpanMaker maker() {
    return maker;
  }

  /** The span of the call that the current thread handles. */
  public static Optional<TraceContext> current() {
    return Optional.ofNullable(PLACE.get());
  }

  private static boolean isTraced(MethodDescriptor<?, ?> method) {
    var name = method.getFullMethodName();
    return !name.startsWith("grpc.health.") && !name.startsWith("opentelemetry.");
  }

  private static Optional<TraceContext> parent(Metadata headers) {
    return CallHeaders.first(headers, MetadataKeys.TRACE_PARENT)
        .flatMap(header ->
            TraceContext.parse(
                header, CallHeaders.first(headers, MetadataKeys.TRACE_STATE).orElse("")));
  }

  private static void put(Metadata headers, TraceContext place) {
    headers.removeAll(CallHeaders.key(MetadataKeys.TRACE_PARENT));
    headers.put(CallHeaders.key(MetadataKeys.TRACE_PARENT), place.header());
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!isTraced(call.getMethodDescriptor())) {
      return next.startCall(call, headers);
    }
    var parent = parent(headers);
    var span =
        new CallSpan(
            parent.map(TraceContext::child).orElseGet(TraceContext::start),
            parent.map(TraceContext::spanId).orElse(""),
            call.getMethodDescriptor().getFullMethodName(),
            SpanMaker.Kind.SERVER);
    put(headers, span.place);
    var traced =
        new SimpleForwardingServerCall<Q, R>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            span.end(status);
            super.close(status, trailers);
          }
        };
    var context = Context.current().withValue(PLACE, span.place);
    Context.current().addListener(_ -> span.end(Status.CANCELLED), Runnable::run);
    return Contexts.interceptCall(context, traced, headers, next);
  }

  /**
   * Traces calls over a session.
   *
   * @param opened the metadata of the call that opened the session, as the daemon's service saw it
   */
  public ClientInterceptor ofSession(Metadata opened) {
    var parent = parent(opened);
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        var call = next.newCall(method, options);
        return parent.isEmpty() || !isTraced(method)
            ? call
            : new TracedCall<>(call, method, parent.get());
      }
    };
  }

  private final class TracedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final MethodDescriptor<Q, R> method;
    private final TraceContext parent;

    TracedCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, TraceContext parent) {
      super(call);
      this.method = method;
      this.parent = parent;
    }

    @Override
    public void start(Listener<R> answers, Metadata headers) {
      var span =
          new CallSpan(
              parent.child(), parent.spanId(), method.getFullMethodName(), SpanMaker.Kind.CLIENT);
      put(headers, span.place);
      super.start(
          new SimpleForwardingClientCallListener<R>(answers) {
            @Override
            public void onClose(Status status, Metadata trailers) {
              span.end(status);
              super.onClose(status, trailers);
            }
          },
          headers);
    }
  }

  /** A call that has begun. */
  private final class CallSpan {
    private final TraceContext place;
    private final String parent;
    private final String method;
    private final SpanMaker.Kind kind;
    private final Instant started = clock.instant();
    private final AtomicBoolean ended = new AtomicBoolean();

    CallSpan(TraceContext place, String parent, String method, SpanMaker.Kind kind) {
      this.place = place;
      this.parent = parent;
      this.method = method;
      this.kind = kind;
    }

    void end(Status status) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      int slash = method.indexOf('/');
      var attributes =
          Map.of(
              "rpc.system", "grpc",
              "rpc.service", method.substring(0, Math.max(slash, 0)),
              "rpc.method", method.substring(slash + 1),
              "rpc.grpc.status_code", Integer.toString(status.getCode().value()));
      var error =
          status.isOk()
              ? Optional.<String>empty()
              : Optional.of(Optional.ofNullable(status.getDescription()).orElse(""));
      sink.add(
          maker.span(
              new SpanMaker.Work(
                  place, parent, method, kind, started, clock.instant(), attributes, error)));
    }
  }
}
