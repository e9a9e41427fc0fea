package org.jbuildkit.oci.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/** A server on this machine that answers as its rules say, and keeps what it was asked. */
final class FakeRegistry implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Answer> rules = new TreeMap<>();
  private final List<Asked> asked = new ArrayList<>();

  /** Answers one request. */
  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  /** What came in. */
  record Asked(String line, Map<String, String> headers, byte[] body) {}

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String authority() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * @param line method and path without query
   */
  FakeRegistry on(String line, Answer answer) {
    synchronized (rules) {
      rules.put(line, answer);
    }
    return this;
  }

  private void handle(HttpExchange exchange) throws IOException {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    var line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    var body = exchange.getRequestBody().readAllBytes();
    synchronized (rules) {
      asked.add(new Asked(line, headers, body));
    }
    try (exchange) {
      answer(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()).to(exchange);
    }
  }

  private Answer answer(String line) {
    synchronized (rules) {
      return rules.getOrDefault(line, status(404));
    }
  }

  /** All that was asked so far. */
  List<Asked> asked() {
    synchronized (rules) {
      return List.copyOf(asked);
    }
  }

  List<String> lines() {
    return asked().stream().map(Asked::line).toList();
  }

  static Answer status(int status, String... headers) {
    return exchange -> {
      add(exchange, headers);
      exchange.sendResponseHeaders(status, -1);
    };
  }

  static Answer bytes(byte[] bytes, String... headers) {
    return exchange -> {
      add(exchange, headers);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  static Answer text(int status, String text, String... headers) {
    return exchange -> {
      add(exchange, headers);
      var bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** Promises {@code bytes} and closes the connection after {@code count} of them. */
  static Answer cut(byte[] bytes, int count) {
    return exchange -> {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes, 0, count);
      exchange.getResponseBody().flush();
      throw new IOException("cut");
    };
  }

  private static void add(HttpExchange exchange, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
