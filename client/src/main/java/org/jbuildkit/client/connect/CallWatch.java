package org.jbuildkit.client.connect;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sees whether the daemon has ever answered, and tells it which trace calls belong to. */
final class CallWatch implements ClientInterceptor {
  private final Map<Metadata.Key<String>, String> headers = new LinkedHashMap<>();
  private volatile boolean answered;

  /**
   * @param environment with {@code TRACEPARENT} if the program is part of a trace
   */
  CallWatch(Map<String, String> environment) {
    for (var name : List.of("TRACEPARENT", "TRACESTATE", "BAGGAGE")) {
      var value = environment.getOrDefault(name, "");
      if (!value.isEmpty() && value.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
        headers.put(
            Metadata.Key.of(
                name.toLowerCase(java.util.Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER),
            value);
      }
    }
  }

  /** Whether an error means that no connection came about. */
  boolean isConnectionError(StatusRuntimeException error) {
    return error.getStatus().getCode() == Status.Code.UNAVAILABLE && !answered;
  }

  @Override
  public <A, B> ClientCall<A, B> interceptCall(
      MethodDescriptor<A, B> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<B> listener, Metadata metadata) {
        headers.forEach(metadata::put);
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onHeaders(Metadata received) {
                answered = true;
                super.onHeaders(received);
              }

              @Override
              public void onClose(Status status, Metadata trailers) {
                // Without headers only an error that the daemon made itself has trailers.
                answered |=
                    status.getCode() != Status.Code.UNAVAILABLE || !trailers.keys().isEmpty();
                super.onClose(status, trailers);
              }
            },
            metadata);
      }
    };
  }
}
