package org.jbuildkit.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import org.jbuildkit.oci.registry.RegistryException.Kind;
import org.jbuildkit.oci.registry.RegistryHost.Scheme;

/**
 * Sends single requests and follows redirects itself: authorization goes to the origin it was made
 * for and never beyond.
 */
final class HttpTransport implements AutoCloseable {
  private static final int MAX_REDIRECTS = 10;
  private static final Duration DIAL = Duration.ofSeconds(30);

  /** Where silence may mean that there is no TLS. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final String userAgent;
  private final ProxySelector proxies;
  private final Map<TlsTrust, HttpClient> clients = new ConcurrentHashMap<>();
  private final Set<String> plain = ConcurrentHashMap.newKeySet();

  HttpTransport(String userAgent, Map<String, String> environment) {
    this.userAgent = userAgent;
    this.proxies = new EnvironmentProxies(environment);
  }

  /**
   * Sends a call to a host, or to wherever its redirects lead.
   *
   * @throws RegistryException if there is no answer; any answer is returned
   */
  HttpAnswer send(HttpCall call, RegistryHost host) throws RegistryException, InterruptedException {
    if (host.scheme() != Scheme.EITHER || !call.uri().getScheme().equals("https")) {
      return follow(call, host.trust());
    }
    var unencrypted = call.to(URI.create("http" + call.uri().toString().substring(5)));
    if (plain.contains(call.uri().getAuthority())) {
      return follow(unencrypted, host.trust());
    }
    try {
      return follow(call, host.trust());
    } catch (RegistryException e) {
      if (!speaksNoTls(e, call.uri())) {
        throw e;
      }
      plain.add(call.uri().getAuthority());
      return follow(unencrypted, host.trust());
    }
  }

  private static boolean speaksNoTls(RegistryException error, URI uri) {
    var cause = error.getCause();
    return (cause instanceof SSLException && Failures.isPlaintext(text(cause)))
        || cause instanceof HttpConnectTimeoutException
        || (cause instanceof ConnectException && uri.getPort() < 0);
  }

  private HttpAnswer follow(HttpCall call, TlsTrust trust)
      throws RegistryException, InterruptedException {
    var current = call;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      var answer = once(current, trust);
      var location = answer.header("Location");
      boolean moves = REDIRECTS.contains(answer.status()) && !location.isEmpty();
      boolean keepsMethod = answer.status() == 307 || answer.status() == 308;
      if (!moves || !(keepsMethod || isRead(call))) {
        return answer;
      }
      drop(answer);
      current = redirected(current, location);
    }
    throw failed(call, "stopped after 10 redirects");
  }

  private static boolean isRead(HttpCall call) {
    return call.method().equals("GET") || call.method().equals("HEAD");
  }

  private static HttpCall redirected(HttpCall call, String location) throws RegistryException {
    URI target;
    try {
      target = call.uri().resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw failed(call, "bad redirect location");
    }
    var scheme = target.getScheme() == null ? "" : target.getScheme().toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme) || target.getHost() == null) {
      throw failed(call, "unsupported protocol scheme \"" + scheme + "\"");
    }
    boolean stays = HttpCall.isSameOrigin(call.uri(), target);
    if (!stays && call.body().isSecret()) {
      throw failed(call, "redirected to " + target.getHost() + ", which credentials are not for");
    }
    return (stays ? call : call.without("Authorization")).to(target);
  }

  private static RegistryException failed(HttpCall call, String why) {
    return new RegistryException(Kind.TRANSPORT, describe(call) + why);
  }

  private static void drop(HttpAnswer answer) {
    try (answer) {
      answer.body().skipNBytes(0);
    } catch (IOException _) {
      // Nobody wants the body.
    }
  }

  private HttpAnswer once(HttpCall call, TlsTrust trust)
      throws RegistryException, InterruptedException {
    try {
      var response = client(trust).send(request(call), HttpResponse.BodyHandlers.ofInputStream());
      return new HttpAnswer(
          call.method(), call.uri(), response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw Failures.transport(describe(call), call.uri(), e);
    } catch (UncheckedIOException e) {
      throw Failures.transport(describe(call), call.uri(), new IOException(e.getMessage(), e));
    }
  }

  private static String describe(HttpCall call) {
    var method = call.method().charAt(0) + call.method().substring(1).toLowerCase(Locale.ROOT);
    return "failed to do request: " + method + " \"" + call.uri() + "\": ";
  }

  private HttpRequest request(HttpCall call) {
    var builder = HttpRequest.newBuilder(call.uri()).method(call.method(), publisher(call.body()));
    builder.setHeader("User-Agent", userAgent);
    call.headers().forEach(builder::setHeader);
    return builder.build();
  }

  private static HttpRequest.BodyPublisher publisher(HttpCall.Body body) {
    if (body.size() == 0) {
      return HttpRequest.BodyPublishers.noBody();
    }
    var bytes = HttpRequest.BodyPublishers.ofInputStream(() -> open(body));
    return HttpRequest.BodyPublishers.fromPublisher(bytes, body.size());
  }

  private static InputStream open(HttpCall.Body body) {
    try {
      return body.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpClient client(TlsTrust trust) throws IOException {
    var known = clients.get(trust);
    if (known != null) {
      return known;
    }
    var context = TlsContexts.of(trust);
    return clients.computeIfAbsent(
        trust,
        _ ->
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(trust.isUnverified() ? HANDSHAKE : DIAL)
                .proxy(proxies)
                .sslContext(context)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build());
  }

  private static String text(Throwable error) {
    return error.getMessage() == null ? "" : error.getMessage();
  }

  /** Ends connections; answers still being read fail. */
  @Override
  public void close() {
    clients.values().forEach(HttpClient::shutdownNow);
  }
}
