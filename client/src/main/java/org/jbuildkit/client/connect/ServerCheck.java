package org.jbuildkit.client.connect;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Believes servers that show a certificate of one of the given authorities for the expected name,
 * and says in Go's words what is wrong with others.
 */
final class ServerCheck extends X509ExtendedTrustManager {
  private static final int DNS = 2;
  private static final int IP = 7;

  private final Optional<X509TrustManager> authorities;
  private final String name;

  /**
   * @param certificates of the authorities; with none no server is believed
   */
  ServerCheck(List<X509Certificate> certificates, String name) throws GeneralSecurityException {
    this.authorities = certificates.isEmpty() ? Optional.empty() : manager(certificates);
    this.name = name;
  }

  private static Optional<X509TrustManager> manager(List<X509Certificate> certificates)
      throws GeneralSecurityException {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("ca" + i, certificates.get(i));
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (var manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager known) {
          return Optional.of(known);
        }
      }
      return Optional.empty();
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private void check(X509Certificate[] chain, String type) throws CertificateException {
    try {
      chain[0].checkValidity();
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      throw new CertificateException("x509: certificate has expired or is not yet valid", e);
    }
    if (authorities.isEmpty()) {
      throw new CertificateException("x509: certificate signed by unknown authority");
    }
    try {
      authorities.get().checkServerTrusted(chain, type);
    } catch (CertificateException e) {
      throw new CertificateException("x509: certificate signed by unknown authority", e);
    }
    checkName(chain[0]);
  }

  private void checkName(X509Certificate certificate) throws CertificateException {
    boolean address = name.matches("[0-9.]+|.*:.*");
    var names = names(certificate, address ? IP : DNS);
    if (names.stream().anyMatch(pattern -> matches(pattern, name))) {
      return;
    }
    if (!names.isEmpty()) {
      throw new CertificateException(
          "x509: certificate is valid for " + String.join(", ", names) + ", not " + name);
    }
    throw new CertificateException(
        address
            ? "x509: cannot validate certificate for "
                + name
                + " because it doesn't contain any IP SANs"
            : "x509: certificate is not valid for any names, but wanted to match " + name);
  }

  private static List<String> names(X509Certificate certificate, int kind)
      throws CertificateException {
    var names = new ArrayList<String>();
    var all = certificate.getSubjectAlternativeNames();
    if (all != null) {
      for (var entry : all) {
        if (entry.get(0).equals(kind)) {
          names.add(String.valueOf(entry.get(1)));
        }
      }
    }
    return names;
  }

  /** A star stands for one whole first label. */
  private static boolean matches(String pattern, String name) {
    var wanted = name.toLowerCase(Locale.ROOT);
    var given = pattern.toLowerCase(Locale.ROOT);
    if (!given.startsWith("*.")) {
      return wanted.equals(given);
    }
    int dot = wanted.indexOf('.');
    return dot > 0 && wanted.substring(dot).equals(given.substring(1));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
