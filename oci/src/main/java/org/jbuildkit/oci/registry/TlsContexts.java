package org.jbuildkit.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Makes TLS contexts of PEM files. */
final class TlsContexts {
  private static final char[] NO_PASSWORD = new char[0];

  private TlsContexts() {}

  static SSLContext of(TlsTrust trust) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(keys(trust.identities()), trust(trust), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("failed to load TLS settings: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(TlsTrust trust) throws GeneralSecurityException, IOException {
    if (trust.isUnverified()) {
      return new TrustManager[] {new Unverified()};
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    if (trust.authorities().isEmpty()) {
      return factory.getTrustManagers();
    }
    var store = empty();
    int number = 0;
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager known) {
        for (var certificate : known.getAcceptedIssuers()) {
          store.setCertificateEntry("system" + number++, certificate);
        }
      }
    }
    for (var file : trust.authorities()) {
      for (var certificate : certificates(file)) {
        store.setCertificateEntry("own" + number++, certificate);
      }
    }
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager[] keys(List<TlsTrust.Identity> identities)
      throws GeneralSecurityException, IOException {
    var store = empty();
    for (int i = 0; i < identities.size(); i++) {
      var chain = certificates(identities.get(i).certificate()).toArray(Certificate[]::new);
      store.setKeyEntry("key" + i, PemKey.read(identities.get(i).key()), NO_PASSWORD, chain);
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static List<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException, IOException {
    var bytes = new ByteArrayInputStream(Files.readAllBytes(file));
    return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(bytes));
  }

  /** Believes all; asked for by name in the settings only. */
  private static final class Unverified extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
