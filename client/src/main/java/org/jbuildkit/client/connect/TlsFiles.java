package org.jbuildkit.client.connect;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.oci.registry.PemKey;

/**
 * TLS material of a client; empty texts stand for what is not given.
 *
 * @param serverName expected name of the server instead of the address's host
 */
public record TlsFiles(String serverName, String ca, String certificate, String key) {
  public static final TlsFiles NONE = new TlsFiles("", "", "", "");

  boolean isUsed() {
    return !(ca.isEmpty() && certificate.isEmpty() && key.isEmpty());
  }

  /**
   * How a server of this name is talked to; nothing if that is without TLS.
   *
   * @throws BuildException for files that cannot be used
   */
  Optional<SslContext> context(String host) {
    if (!isUsed()) {
      return Optional.empty();
    }
    var authorities = ca.isEmpty() ? List.<X509Certificate>of() : authorities();
    try {
      // Without an authority no server can be believed; that is told when one is met.
      var builder =
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .trustManager(new ServerCheck(authorities, host));
      if (!certificate.isEmpty() || !key.isEmpty()) {
        addIdentity(builder);
      }
      return Optional.of(builder.build());
    } catch (IOException | GeneralSecurityException e) {
      throw BuildException.failed("failed to set up TLS", e);
    }
  }

  private List<X509Certificate> authorities() {
    byte[] bytes;
    try {
      bytes = read(ca);
    } catch (IOException e) {
      throw BuildException.failed("could not read ca certificate", e);
    }
    try {
      var found = certificates(bytes);
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException _) {
      // Told below.
    }
    throw BuildException.failed("failed to append ca certs");
  }

  private void addIdentity(SslContextBuilder builder) {
    try {
      var chain = certificates(read(certificate));
      var _ = read(key);
      builder.keyManager(PemKey.read(Path.of(key)), chain.toArray(X509Certificate[]::new));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw BuildException.failed("could not read certificate/key", e);
    }
  }

  private static List<X509Certificate> certificates(byte[] pem) throws CertificateException {
    var certificates = new ArrayList<X509Certificate>();
    var factory = CertificateFactory.getInstance("X.509");
    for (var certificate : factory.generateCertificates(new ByteArrayInputStream(pem))) {
      if (certificate instanceof X509Certificate known) {
        certificates.add(known);
      }
    }
    return certificates;
  }

  private static byte[] read(String path) throws IOException {
    try {
      if (!path.isEmpty()) {
        return Files.readAllBytes(Path.of(path));
      }
    } catch (NoSuchFileException _) {
      // Told below.
    }
    throw new IOException("open " + path + ": no such file or directory");
  }
}
