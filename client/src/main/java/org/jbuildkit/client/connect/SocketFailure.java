package org.jbuildkit.client.connect;

import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jbuildkit.base.BuildException;

/**
 * Why there is no connection over a socket.
 *
 * @param dialed what was tried, such as {@code dial unix /path}
 */
record SocketFailure(String dialed) implements DialFailure {
  private static final String HANDSHAKE = "transport: authentication handshake failed: tls: ";

  @Override
  public Optional<String> of(StatusRuntimeException error) {
    for (Throwable cause = error.getStatus().getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof NotSslRecordException) {
        return Optional.of(HANDSHAKE + "first record does not look like a TLS handshake");
      }
      var text = BuildException.describe(cause);
      if (cause instanceof CertificateException && text.startsWith("x509: ")) {
        return Optional.of(HANDSHAKE + "failed to verify certificate: " + text);
      }
      var known = known(text.toLowerCase(Locale.ROOT));
      if (known.isPresent()) {
        return Optional.of(
            "transport: Error while dialing: " + dialed + ": connect: " + known.get());
      }
      if (cause instanceof java.net.UnknownHostException) {
        return Optional.of(
            "transport: Error while dialing: dial tcp: lookup " + host() + ": no such host");
      }
      if (cause instanceof SSLException && cause.getCause() == null) {
        return Optional.of(HANDSHAKE + text);
      }
    }
    return Optional.of("error reading server preface: EOF");
  }

  private String host() {
    return dialed.replaceFirst("^dial tcp ", "").replaceFirst(":[0-9]+$", "");
  }

  private static Optional<String> known(String text) {
    return List.of("no such file or directory", "connection refused", "permission denied").stream()
        .filter(text::contains)
        .findFirst();
  }
}
