package org.jbuildkit.client.connect;

import io.grpc.StatusRuntimeException;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.GoQuote;

/** Tells why no connection came about. */
@FunctionalInterface
interface DialFailure {
  Optional<String> of(StatusRuntimeException error);

  static BuildException error(String reason, StatusRuntimeException cause) {
    return new BuildException(
        ErrorCode.UNAVAILABLE,
        "Unavailable: connection error: desc = " + GoQuote.quote(reason),
        cause);
  }
}
