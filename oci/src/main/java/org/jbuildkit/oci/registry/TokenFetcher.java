package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jbuildkit.base.Json;
import org.jbuildkit.oci.registry.Credentials.Login;
import org.jbuildkit.oci.registry.Credentials.Token;
import org.jbuildkit.oci.registry.Credentials.Wish;
import org.jbuildkit.oci.registry.RegistryException.Kind;

/** Asks a registry's token server for tokens. */
final class TokenFetcher {
  /** What token servers know programs of this kind by. */
  static final String USER_AGENT = "containerd/2.3.3+unknown";

  private static final int MAX_DOCUMENT = 1 << 20;
  private static final String CLIENT_ID = "buildkit-client";
  private static final String ANONYMOUS = "failed to fetch anonymous token";
  private static final String KNOWN = "failed to fetch oauth token";

  private final HttpTransport transport;
  private final RegistryHost host;

  /**
   * @param host the registry's, whose TLS settings hold for its token server too
   */
  TokenFetcher(HttpTransport transport, RegistryHost host) {
    this.transport = transport;
    this.host = host;
  }

  Token fetch(Wish wish, Login login) throws IOException, InterruptedException {
    boolean isAnonymous = login.secret().isEmpty();
    var realm = realm(wish, isAnonymous);
    try {
      var answer = get(realm, wish, login);
      if (!isAnonymous && asksOtherwise(answer.status(), login)) {
        answer.close();
        return token(post(realm, wish, login), false);
      }
      return token(answer, true);
    } catch (RegistryException e) {
      throw told(e, isAnonymous);
    }
  }

  /** As {@link #fetch}, with a known asker's form tried first. */
  Token fetchByForm(Wish wish, Login login) throws IOException, InterruptedException {
    if (login.secret().isEmpty()) {
      return fetch(wish, login);
    }
    var realm = realm(wish, false);
    try {
      var answer = post(realm, wish, login);
      if (asksOtherwise(answer.status(), login)) {
        answer.close();
        return token(get(realm, wish, login), true);
      }
      return token(answer, false);
    } catch (RegistryException e) {
      throw told(e, false);
    }
  }

  private static RegistryException told(RegistryException error, boolean isAnonymous) {
    return isAnonymous
        ? error.within(ANONYMOUS)
        : new RegistryException(error.kind(), KNOWN + ": " + error.detailed(), error);
  }

  /** Secrets for a registry with TLS are not sent without it. */
  private URI realm(Wish wish, boolean isAnonymous) throws RegistryException {
    URI realm;
    try {
      realm = URI.create(wish.realm());
    } catch (IllegalArgumentException e) {
      throw new RegistryException(Kind.TRANSPORT, "invalid token auth challenge realm");
    }
    var scheme = realm.getScheme() == null ? "" : realm.getScheme();
    if (!Set.of("http", "https").contains(scheme) || realm.getHost() == null) {
      throw new RegistryException(Kind.TRANSPORT, "invalid token auth challenge realm");
    }
    boolean downgrades =
        scheme.equals("http")
            && host.scheme() == RegistryHost.Scheme.HTTPS
            && !RegistryHost.isLoopback(realm.getHost());
    if (downgrades && !isAnonymous) {
      throw new RegistryException(
          Kind.TRANSPORT, "token server " + realm.getAuthority() + " is not reached by TLS");
    }
    return realm;
  }

  private static boolean asksOtherwise(int status, Login login) {
    return status == 404 || status == 401 || (status == 405 && !login.username().isEmpty());
  }

  private HttpAnswer get(URI realm, Wish wish, Login login)
      throws RegistryException, InterruptedException {
    var pairs = new ArrayList<String>();
    wish.scopes().forEach(scope -> pairs.add("scope=" + encoded(scope)));
    if (!wish.service().isEmpty()) {
      pairs.add("service=" + encoded(wish.service()));
    }
    var joined = String.join("&", pairs);
    var separator = joined.isEmpty() ? "" : realm.getRawQuery() == null ? "?" : "&";
    var call =
        new HttpCall(
            "GET", URI.create(realm + separator + joined), Map.of("User-Agent", USER_AGENT));
    boolean isAnonymous = login.secret().isEmpty();
    return transport.send(isAnonymous ? call : call.with("Authorization", basic(login)), host);
  }

  private HttpAnswer post(URI realm, Wish wish, Login login)
      throws RegistryException, InterruptedException {
    var fields = new TreeMap<String, String>();
    fields.put("client_id", CLIENT_ID);
    fields.put("scope", String.join(" ", wish.scopes()));
    fields.put("service", wish.service());
    if (login.username().isEmpty()) {
      fields.put("grant_type", "refresh_token");
      fields.put("refresh_token", login.secret());
    } else {
      fields.put("grant_type", "password");
      fields.put("username", login.username());
      fields.put("password", login.secret());
    }
    var form = new ArrayList<String>();
    fields.forEach((name, value) -> form.add(name + "=" + encoded(value)));
    var body = HttpCall.Body.secret(String.join("&", form).getBytes(StandardCharsets.UTF_8));
    var headers = new TreeMap<String, String>();
    headers.put("User-Agent", USER_AGENT);
    headers.put("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    return transport.send(new HttpCall("POST", realm, headers, body), host);
  }

  static String basic(Login login) {
    var both = login.username() + ":" + login.secret();
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Token token(HttpAnswer answer, boolean mayBePlain) throws IOException {
    if (!answer.isSuccess()) {
      throw Failures.status(answer);
    }
    Json.Obj document;
    try (answer) {
      document = Json.parseObject(answer.body().readNBytes(MAX_DOCUMENT));
    } catch (IllegalArgumentException e) {
      throw new RegistryException(
          Kind.TRANSPORT, "unable to decode token response", new IOException(e));
    }
    var names = mayBePlain ? List.of("access_token", "token") : List.of("access_token");
    for (var name : names) {
      if (!document.text(name).isEmpty()) {
        return new Token(
            document.text(name), document.number("expires_in"), issued(document.text("issued_at")));
      }
    }
    throw new RegistryException(
        Kind.TRANSPORT, "authorization server did not include a token in the response");
  }

  private static long issued(String text) {
    try {
      return text.isEmpty() ? 0 : Instant.parse(text).getEpochSecond();
    } catch (DateTimeParseException _) {
      return 0;
    }
  }
}
