package org.jbuildkit.daemon;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Clock;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.keys.MetadataKeys;
import org.jbuildkit.session.CallHeaders;

/**
 * Tells the daemon's time before all else where progress and records are told: clients show ages by
 * it, whatever their own clock says.
 */
record TimestampHeader(Clock clock) implements ServerInterceptor {
  private static final Set<String> METHODS =
      Set.of(
          ControlGrpc.getStatusMethod().getFullMethodName(),
          ControlGrpc.getListenBuildHistoryMethod().getFullMethodName());

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!METHODS.contains(call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    var now = new Metadata();
    now.put(
        CallHeaders.key(MetadataKeys.CURRENT_TIMESTAMP),
        DateTimeFormatter.ISO_INSTANT.format(clock.instant()));
    call.sendHeaders(now);
    var started =
        new SimpleForwardingServerCall<Q, R>(call) {
          @Override
          public void sendHeaders(Metadata ignored) {
            // They were sent before the work began.
          }
        };
    return next.startCall(started, headers);
  }
}
