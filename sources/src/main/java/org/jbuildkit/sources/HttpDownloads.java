package org.jbuildkit.sources;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jbuildkit.base.BuildException;

/**
 * Plain requests to web servers. Redirects are followed, at most ten; {@code Authorization} goes to
 * the first origin only.
 */
public final class HttpDownloads implements AutoCloseable {
  private static final int MAX_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Duration CONNECT = Duration.ofSeconds(30);

  private final HttpClient client;
  private final String userAgent;

  public HttpDownloads(String userAgent, ProxySelector proxies) {
    this.userAgent = userAgent;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .proxy(proxies)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * An answer; the body is to be closed.
   *
   * @param etag without the mark of weak ones; empty if there is none
   */
  record Answer(
      int status, String etag, Optional<Instant> lastModified, String disposition, InputStream body)
      implements AutoCloseable {
    @Override
    public void close() {
      try {
        body.close();
      } catch (IOException _) {
        // Nobody wants the rest.
      }
    }
  }

  /**
   * Asks for an URL; any final answer is returned.
   *
   * @param method {@code GET} or {@code HEAD}
   */
  Answer ask(String method, URI uri, Map<String, String> headers)
      throws IOException, InterruptedException {
    var current = uri;
    var sent = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    sent.put("User-Agent", userAgent);
    sent.put("Accept-Encoding", "gzip");
    sent.putAll(headers);
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      var response = send(method, current, sent);
      var location = response.headers().firstValue("Location");
      if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
        return answer(response);
      }
      response.body().close();
      var next = target(current, location.get());
      if (!isSameOrigin(current, next)) {
        sent.remove("Authorization");
      }
      sent.put("Referer", referer(current));
      current = next;
    }
    throw BuildException.failed(
        "%s \"%s\": stopped after 10 redirects"
            .formatted(methodName(method), withoutPassword(uri)));
  }

  private HttpResponse<InputStream> send(String method, URI uri, Map<String, String> headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    headers.forEach((name, value) -> set(request, name, value));
    if (!headers.containsKey("Authorization") && uri.getUserInfo() != null) {
      set(request, "Authorization", "Basic " + encoded(uri.getUserInfo()));
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new IOException(
          "%s \"%s\": %s"
              .formatted(methodName(method), withoutPassword(uri), BuildException.describe(e)),
          e);
    }
  }

  /** The value may be a secret, which the client's own message would tell. */
  private static void set(HttpRequest.Builder request, String name, String value) {
    try {
      request.setHeader(name, value);
    } catch (IllegalArgumentException _) {
      throw BuildException.failed(
          "net/http: invalid header field value for \"%s\"".formatted(name));
    }
  }

  private static String encoded(String user) {
    var pair = user.contains(":") ? user : user + ":";
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String withoutPassword(URI uri) {
    var user = uri.getRawUserInfo();
    return user == null || !user.contains(":")
        ? uri.toString()
        : uri.toString().replace(user + "@", user.substring(0, user.indexOf(':')) + ":***@");
  }

  private static String methodName(String method) {
    return method.charAt(0) + method.substring(1).toLowerCase(Locale.ROOT);
  }

  private static URI target(URI from, String location) {
    URI target;
    try {
      target = from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw BuildException.failed("failed to parse Location header \"" + location + "\"", e);
    }
    var scheme = target.getScheme();
    if (!Set.of("http", "https").contains(scheme) || target.getHost() == null) {
      throw BuildException.failed("unsupported protocol scheme \"" + scheme + "\"");
    }
    return target;
  }

  private static boolean isSameOrigin(URI a, URI b) {
    return a.getScheme().equals(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }

  private static String referer(URI uri) {
    var user = uri.getRawUserInfo();
    return user == null ? uri.toString() : uri.toString().replace(user + "@", "");
  }

  private static Answer answer(HttpResponse<InputStream> response) throws IOException {
    var headers = response.headers();
    boolean isCompressed =
        headers.firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip")
            && !response.request().method().equals("HEAD");
    return new Answer(
        response.statusCode(),
        headers.firstValue("ETag").orElse("").replaceFirst("^W/", ""),
        headers.firstValue("Last-Modified").flatMap(HttpDownloads::time),
        headers.firstValue("Content-Disposition").orElse(""),
        isCompressed ? unpacked(response.body()) : response.body());
  }

  private static InputStream unpacked(InputStream body) throws IOException {
    try {
      return new GZIPInputStream(body);
    } catch (IOException e) {
      body.close();
      throw e;
    }
  }

  /** A date as HTTP writes it, or nothing for what is none. */
  static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
