package org.jbuildkit.buildx.driver;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.client.DaemonConnection;
import org.jbuildkit.client.connect.TlsFiles;
import org.jbuildkit.protocol.control.InfoRequest;

/** Whether a daemon is there. */
final class Answer {
  private Answer() {}

  /**
   * Connects and asks for a first answer.
   *
   * @return empty if nobody listens there, or a daemon that is about to end
   * @throws BuildException if there is a daemon that does not answer in time, or refuses
   */
  static Optional<DaemonConnection> from(String address, TlsFiles tls, Duration patience) {
    var daemon = DaemonConnection.open(address, tls);
    try {
      var _ =
          daemon
              .control()
              .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
              .info(InfoRequest.getDefaultInstance());
      return Optional.of(daemon);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return Optional.of(daemon);
      }
      daemon.close();
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        return Optional.empty();
      }
      if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
        throw BuildException.failed(
            "the daemon at %s did not answer within %d seconds"
                .formatted(address, patience.toSeconds()));
      }
      throw daemon.explain(e);
    } catch (RuntimeException e) {
      daemon.close();
      throw e;
    }
  }
}
