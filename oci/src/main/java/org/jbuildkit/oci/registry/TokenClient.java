package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** Fetches registries' tokens for somebody who keeps the secret to itself. */
public final class TokenClient implements AutoCloseable {
  private final HttpTransport transport;

  /**
   * @param environment names proxies
   */
  public TokenClient(Map<String, String> environment) {
    this.transport = new HttpTransport(TokenFetcher.USER_AGENT, environment);
  }

  /**
   * Asks a token server; one that is given a secret is first asked by a form.
   *
   * @param host the registry's, for errors
   * @param trust whose certificates are believed
   * @throws RegistryException why there is no token
   */
  public Credentials.Token fetch(
      String host, TlsTrust trust, Credentials.Wish wish, Credentials.Login login)
      throws IOException, InterruptedException {
    var registry = new RegistryHost(host, "/v2", RegistryHost.Scheme.HTTP, Set.of(), trust);
    return new TokenFetcher(transport, registry).fetchByForm(wish, login);
  }

  @Override
  public void close() {
    transport.close();
  }
}
