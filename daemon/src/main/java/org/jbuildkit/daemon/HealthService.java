package org.jbuildkit.daemon;

import io.grpc.stub.StreamObserver;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.protocol.health.HealthCheckRequest;
import org.jbuildkit.protocol.health.HealthCheckResponse;
import org.jbuildkit.protocol.health.HealthCheckResponse.ServingStatus;
import org.jbuildkit.protocol.health.HealthGrpc;
import org.jbuildkit.protocol.health.HealthListRequest;
import org.jbuildkit.protocol.health.HealthListResponse;
import org.jbuildkit.session.errors.StatusCodec;

/** Answers {@code grpc.health.v1.Health}: the daemon as a whole serves, and has no parts. */
final class HealthService extends HealthGrpc.HealthImplBase {

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    if (!request.getService().isEmpty()) {
      out.onError(StatusCodec.encode(StatusCodec.framed(ErrorCode.NOT_FOUND, "unknown service")));
      return;
    }
    out.onNext(status(ServingStatus.SERVING));
    out.onCompleted();
  }

  private static HealthCheckResponse status(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }

  @Override
  public void list(HealthListRequest request, StreamObserver<HealthListResponse> out) {
    out.onNext(
        HealthListResponse.newBuilder().putStatuses("", status(ServingStatus.SERVING)).build());
    out.onCompleted();
  }

  /** Nothing changes before the daemon ends, and that ends the call. */
  @Override
  public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    out.onNext(
        status(
            request.getService().isEmpty()
                ? ServingStatus.SERVING
                : ServingStatus.SERVICE_UNKNOWN));
  }
}
