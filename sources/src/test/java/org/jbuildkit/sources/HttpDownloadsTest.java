package org.jbuildkit.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jbuildkit.oci.registry.EnvironmentProxies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who learns of credentials: the server that they are for, and nobody else. */
class HttpDownloadsTest {
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final HttpDownloads downloads =
      new HttpDownloads("buildkit/test", new EnvironmentProxies(Map.of()));
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            authorizations.add(
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
    downloads.close();
  }

  private URI uri(String user) {
    return URI.create("http://" + user + "127.0.0.1:" + server.getAddress().getPort() + "/file");
  }

  @Test
  void aUserInTheUrlIsSent() throws Exception {
    downloads.ask("GET", uri("ann:s%20t@"), Map.of()).close();
    downloads.ask("GET", uri("ann:s%20t@"), Map.of("Authorization", "Bearer x")).close();

    assertThat(authorizations).containsExactly("Basic YW5uOnMgdA==", "Bearer x");
  }

  @Test
  void aSecretThatIsNoHeaderIsNotTold() {
    assertThatThrownBy(
            () -> downloads.ask("GET", uri(""), Map.of("Authorization", "Bearer hidden\n")))
        .hasMessage("net/http: invalid header field value for \"Authorization\"");
  }

  @Test
  void failuresDoNotTellThePassword() {
    var uri = uri("ann:hidden@");
    server.stop(0);

    assertThatThrownBy(() -> downloads.ask("GET", uri, Map.of()))
        .hasMessageStartingWith("Get \"http://ann:***@127.0.0.1:")
        .hasMessageNotContaining("hidden");
  }

  /**
   * CVE-2024-3727, CVE-2026-33540: neither header nor user reaches another origin, nor comes back.
   */
  @Test
  void redirectsElsewhereAndBackCarryNoCredentials() throws Exception {
    var other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var there = "http://127.0.0.1:" + other.getAddress().getPort() + "/there";
    redirect(server, "/start", there);
    redirect(other, "/there", uri("").toString());
    other.start();
    try {
      for (var user : List.of("", "ann:hidden@")) {
        authorizations.clear();
        var start = URI.create(uri(user).toString().replace("/file", "/start"));
        var headers =
            user.isEmpty() ? Map.of("Authorization", "Bearer hidden") : Map.<String, String>of();
        downloads.ask("GET", start, headers).close();
        assertThat(authorizations).hasSize(3);
        assertThat(authorizations.getFirst()).isNotEqualTo("null");
        assertThat(authorizations.subList(1, 3)).containsOnly("null");
      }
    } finally {
      other.stop(0);
    }
  }

  private void redirect(HttpServer from, String path, String to) {
    from.createContext(
        path,
        exchange -> {
          try (exchange) {
            authorizations.add(
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getResponseHeaders().add("Location", to);
            exchange.sendResponseHeaders(302, -1);
          }
        });
  }
}
