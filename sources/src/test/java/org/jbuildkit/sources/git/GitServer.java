package org.jbuildkit.sources.git;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A web server of git repositories: git's own program answers. */
final class GitServer implements AutoCloseable {
  private final HttpServer server;
  private final Path folder;
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Plain files by path. */
  final Map<String, byte[]> files = new ConcurrentHashMap<>();

  /** What the {@code Authorization} header must be; anything if this is empty. */
  volatile String authorization = "";

  /** Where all requests are sent on to; nowhere if this is empty. */
  volatile String redirect = "";

  GitServer(Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url(String repository) {
    return "http://" + host() + "/" + repository;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var given = exchange.getRequestHeaders().getFirst("Authorization");
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + given);
      var file = files.get(exchange.getRequestURI().getPath());
      if (file != null) {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().add("Content-Length", Integer.toString(file.length));
        exchange.sendResponseHeaders(200, isHead ? -1 : file.length);
        if (!isHead) {
          exchange.getResponseBody().write(file);
        }
      } else if (!redirect.isEmpty()) {
        exchange.getResponseHeaders().add("Location", redirect + exchange.getRequestURI());
        exchange.sendResponseHeaders(302, -1);
      } else if (!authorization.isEmpty() && !authorization.equals(given)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
      } else {
        serve(exchange);
      }
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    var builder = new ProcessBuilder("git", "http-backend");
    var environment = builder.environment();
    environment.put("GIT_PROJECT_ROOT", folder.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("PATH_INFO", exchange.getRequestURI().getPath());
    environment.put("QUERY_STRING", text(exchange.getRequestURI().getRawQuery()));
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put("CONTENT_TYPE", header(exchange, "Content-Type"));
    environment.put("GIT_PROTOCOL", header(exchange, "Git-Protocol"));
    environment.put("HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding"));
    var body = exchange.getRequestBody().readAllBytes();
    environment.put("CONTENT_LENGTH", Integer.toString(body.length));
    var process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var in = process.getOutputStream()) {
      in.write(body);
    }
    send(exchange, process.getInputStream().readAllBytes());
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private static String header(HttpExchange exchange, String name) {
    return text(exchange.getRequestHeaders().getFirst(name));
  }

  private static void send(HttpExchange exchange, byte[] output) throws IOException {
    int status = 200;
    int start = 0;
    var line = new ByteArrayOutputStream();
    for (int i = 0; i < output.length; i++) {
      if (output[i] != '\n') {
        line.write(output[i]);
        continue;
      }
      var text = line.toString(StandardCharsets.UTF_8).strip();
      line.reset();
      start = i + 1;
      if (text.isEmpty()) {
        break;
      }
      var parts = text.split(": ", 2);
      if (parts[0].equals("Status")) {
        status = Integer.parseInt(parts[1].substring(0, 3));
      } else {
        exchange.getResponseHeaders().add(parts[0], parts[1]);
      }
    }
    exchange.sendResponseHeaders(status, output.length == start ? -1 : output.length - start);
    exchange.getResponseBody().write(output, start, output.length - start);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** Runs git, as somebody whose clock stands still. */
  static String git(Path folder, String... words) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_AUTHOR_NAME", "a",
                "GIT_AUTHOR_EMAIL", "a@example.org",
                "GIT_COMMITTER_NAME", "c",
                "GIT_COMMITTER_EMAIL", "c@example.org",
                "GIT_AUTHOR_DATE", "1700000000 +0000",
                "GIT_COMMITTER_DATE", "1700000100 +0100"));
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", words) + ": " + output);
    }
    return output.strip();
  }
}
