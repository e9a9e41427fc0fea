package org.jbuildkit.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.oci.registry.EnvironmentProxies;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.RefStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a file on a web server, and which requests it takes. */
class HttpSourceTest {
  @TempDir Path folder;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final SessionRegistry sessions = new SessionRegistry();
  private final HttpDownloads downloads =
      new HttpDownloads("buildkit/test", new EnvironmentProxies(Map.of()));
  private HttpServer server;
  private Database database;
  private RefStore refs;
  private HttpSource source;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    database = Database.open(folder.resolve("meta.db"));
    refs =
        RefStore.open(
            folder,
            OverlaySnapshotter.open(folder.resolve("snapshots")),
            (_, _, _, _) -> {
              throw new IOException("nothing is unpacked here");
            },
            database,
            Clock.systemUTC());
    source = new HttpSource(downloads, sessions, refs, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.stop(0);
      database.close();
    }
    downloads.close();
    sessions.close();
  }

  private interface Answering {
    void answer(HttpExchange exchange) throws IOException;
  }

  private void on(String path, Answering answering) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            answering.answer(exchange);
          }
        });
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, isHead || status == 304 ? -1 : bytes.length);
    if (!isHead && status != 304) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private Source.Instance open(String path, Map<String, String> attributes) {
    var address = server.getAddress();
    var identifier = "127.0.0.1:" + address.getPort() + path;
    return source.open(new Source.Request("http", identifier, attributes, Platform.host()));
  }

  private Path only(Source.Instance instance, Path into) throws Exception {
    try (var ref = instance.fetch(context).orElseThrow();
        var mounted = ref.mount()) {
      try (var files = Files.list(mounted.path())) {
        var file = files.toList().getFirst();
        var copy = Files.createDirectories(into).resolve(file.getFileName());
        Files.copy(file, copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        return copy;
      }
    }
  }

  private final OpContext<Job> context =
      new OpContext<>() {
        @Override
        public List<Job> participants() {
          return List.of();
        }

        @Override
        public VertexReport report() {
          throw new UnsupportedOperationException("nothing is told");
        }
      };

  @Test
  void downloadsBecomeFilesWithTheServersNameAndTime() throws Exception {
    on(
        "/pkg",
        exchange -> {
          exchange.getResponseHeaders().set("Last-Modified", "Tue, 02 Jan 2024 03:04:05 GMT");
          exchange
              .getResponseHeaders()
              .set("Content-Disposition", "attachment; filename=\"x.tgz\"");
          send(exchange, 200, "content");
        });
    var instance = open("/pkg/a%20b.txt?q=1", Map.of());
    var content = Digest.sha256("content");
    var expected =
        "{\"Filename\":\"x.tgz\",\"Perm\":0,\"UID\":0,\"GID\":0,\"Checksum\":\""
            + content
            + "\",\"LastModTime\":\"Tue, 02 Jan 2024 03:04:05 GMT\"}";
    assertThat(instance.key(0, context).text()).isEqualTo(Digest.sha256(expected).toString());
    var file = only(instance, folder.resolve("out"));
    assertThat(file).hasFileName("x.tgz").hasContent("content");
    assertThat(Files.getLastModifiedTime(file).toInstant()).hasToString("2024-01-02T03:04:05Z");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    assertThat(requests).containsExactly("GET /pkg/a%20b.txt?q=1");
  }

  @Test
  void namesComeFromTheUrlWhereNobodyGivesAnother() throws Exception {
    on("/", exchange -> send(exchange, 200, "x"));
    assertThat(only(open("/d/a%20b.txt", Map.of()), folder.resolve("1"))).hasFileName("a b.txt");
    assertThat(only(open("/d/sub/", Map.of()), folder.resolve("2"))).hasFileName("sub");
    assertThat(only(open("/", Map.of()), folder.resolve("3"))).hasFileName("download");
    assertThat(only(open("/%2e%2e", Map.of()), folder.resolve("4"))).hasFileName("download");
    assertThat(only(open("/f", Map.of("http.filename", "../../etc/p")), folder.resolve("5")))
        .hasFileName("p");
  }

  @Test
  void unchangedContentIsNotDownloadedAgain() throws Exception {
    var body = new HashMap<String, String>(Map.of("etag", "\"1\"", "text", "one"));
    on(
        "/f",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "W/" + body.get("etag"));
          boolean isSame =
              body.getOrDefault("etag", "")
                  .equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
          send(exchange, isSame ? 304 : 200, body.getOrDefault("text", ""));
        });
    var first = open("/f", Map.of());
    var key = first.key(0, context);
    assertThat(only(first, folder.resolve("1"))).hasContent("one");
    var second = open("/f", Map.of());
    assertThat(second.key(0, context)).isEqualTo(key);
    assertThat(only(second, folder.resolve("2"))).hasContent("one");
    assertThat(requests).containsExactly("GET /f", "HEAD /f");

    body.putAll(Map.of("etag", "\"2\"", "text", "two"));
    var third = open("/f", Map.of());
    assertThat(third.key(0, context)).isNotEqualTo(key);
    assertThat(only(third, folder.resolve("3"))).hasContent("two");
  }

  @Test
  void compressedAnswersAreStoredAsWhatTheyMean() throws Exception {
    on(
        "/z",
        exchange -> {
          assertThat(exchange.getRequestHeaders().getFirst("Accept-Encoding")).isEqualTo("gzip");
          var zipped = new ByteArrayOutputStream();
          try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write("plain".getBytes(StandardCharsets.UTF_8));
          }
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, zipped.size());
          exchange.getResponseBody().write(zipped.toByteArray());
        });
    assertThat(only(open("/z", Map.of()), folder.resolve("1"))).hasContent("plain");
  }

  @Test
  void keysOfFilesWithAChecksumTakeNoRequest() throws Exception {
    on("/f", exchange -> send(exchange, 200, "right"));
    var right = Map.of("http.checksum", Digest.sha256("right").toString());
    var wrong = Map.of("http.checksum", Digest.sha256("wrong").toString());
    var instance = open("/f", right);
    assertThat(instance.key(0, context).isLast()).isTrue();
    assertThat(requests).isEmpty();
    assertThat(only(instance, folder.resolve("1"))).hasContent("right");
    assertThatThrownBy(() -> open("/f", wrong).fetch(context))
        .hasMessage(
            "digest mismatch %s: %s".formatted(Digest.sha256("right"), Digest.sha256("wrong")));
  }

  @Test
  void redirectsAreFollowedAndCountedOut() throws Exception {
    on(
        "/from",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/to/there");
          send(exchange, 302, "");
        });
    on(
        "/to",
        exchange -> {
          assertThat(exchange.getRequestHeaders().getFirst("Referer")).endsWith("/from");
          send(exchange, 200, "here");
        });
    on(
        "/loop",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/loop");
          send(exchange, 302, "");
        });
    assertThat(only(open("/from", Map.of()), folder.resolve("1")))
        .hasFileName("from")
        .hasContent("here");
    assertThatThrownBy(() -> open("/loop", Map.of()).key(0, context))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("stopped after 10 redirects");
  }

  @Test
  void failuresSayWhatTheServerAnswered() {
    on("/gone", exchange -> send(exchange, 404, ""));
    assertThatThrownBy(() -> open("/gone", Map.of()).key(0, context))
        .hasMessage("invalid response status 404");
    assertThatThrownBy(() -> open("/x", Map.of("http.perm", "abc")))
        .hasMessage("strconv.ParseInt: parsing \"abc\": invalid syntax");
    assertThatThrownBy(() -> open("/x", Map.of("http.sig.pubkey", "k")))
        .hasMessage("http signature verification requires both pubkey and signature");
  }

  @Test
  void bodiesThatEndEarlyAreNoContent() {
    on(
        "/short",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(new byte[10]);
          exchange.getResponseBody().flush();
          throw new IOException("the connection breaks");
        });
    assertThatThrownBy(() -> open("/short", Map.of()).key(0, context))
        .isInstanceOf(IOException.class);
    assertThat(refs.ids()).isEmpty();
  }

  @Test
  void modesAndOwnersAreTaken() throws Exception {
    on("/f", exchange -> send(exchange, 200, "x"));
    var attributes = Map.of("http.perm", "0755", "http.uid", "7", "http.gid", "8");
    try (var ref = open("/f", attributes).fetch(context).orElseThrow();
        var mounted = ref.mount();
        var root = mounted.open()) {
      var stat = root.stat(org.jbuildkit.base.ByteName.ofText("f"));
      assertThat(List.of(stat.mode(), stat.uid(), stat.gid())).containsExactly(0755, 7, 8);
    }
    assertThatThrownBy(() -> open("/f", Map.of("http.perm", "01755")).fetch(context))
        .hasMessage("openat f: unsupported file mode");
  }

  @Test
  void whatWasPrunedIsDownloadedAgain() throws Exception {
    on("/f", exchange -> send(exchange, 200, "x"));
    var instance = open("/f", Map.of());
    var _ = instance.key(0, context);
    for (var id : refs.ids()) {
      assertThat(refs.remove(id)).isTrue();
    }
    assertThat(only(instance, folder.resolve("1"))).hasContent("x");
    assertThat(Optional.of(requests.size())).contains(2);
  }

  private String gpg(String... words) throws Exception {
    var home = folder.resolve("gnupg");
    if (Files.notExists(home)) {
      var mode = java.nio.file.attribute.PosixFilePermissions.fromString("rwx------");
      Files.createDirectory(
          home, java.nio.file.attribute.PosixFilePermissions.asFileAttribute(mode));
    }
    var command = new ArrayList<>(List.of("gpg", "--homedir", home.toString(), "--batch"));
    command.addAll(List.of(words));
    var process = new ProcessBuilder(command).directory(folder.toFile()).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @Test
  void contentMustBeSignedWhereThatIsAskedFor() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gpg")), "no gpg");
    on("/good", exchange -> send(exchange, 200, "content"));
    on("/bad", exchange -> send(exchange, 200, "else"));
    Files.writeString(folder.resolve("data"), "content");
    gpg("--passphrase", "", "--quick-generate-key", "a@example.org", "ed25519", "sign", "never");
    var signature = gpg("--armor", "--output", "-", "--detach-sign", "data");
    var key = gpg("--armor", "--export", "a@example.org");
    var wanted = Map.of("http.sig.pubkey", key, "http.sig.signature", signature);

    assertThat(only(open("/good", wanted), folder.resolve("out"))).hasContent("content");
    assertThatThrownBy(() -> open("/bad", wanted).key(0, context))
        .hasMessageEndingWith("openpgp: invalid signature");
    var all = new HashMap<>(wanted);
    all.put("http.checksum", Digest.sha256("else").toString());
    assertThatThrownBy(() -> open("/bad", all).key(0, context))
        .hasMessageEndingWith("openpgp: invalid signature");
  }

  @Test
  void metadataTellsOfContentAndAnswersQuestions() throws Exception {
    on(
        "/f",
        exchange -> {
          exchange.getResponseHeaders().set("Last-Modified", "Tue, 02 Jan 2024 03:04:05 GMT");
          send(exchange, 200, "content");
        });
    var question = new Source.ChecksumQuestion("sha512", new byte[] {'x'});
    var known = open("/f", Map.of()).file(Optional.of(question), context).orElseThrow();
    var sha512 = java.security.MessageDigest.getInstance("SHA-512");
    var expected =
        Digest.ofRaw("sha512", sha512.digest("contentx".getBytes(StandardCharsets.UTF_8)));

    assertThat(known)
        .isEqualTo(
            new Source.FileMetadata(
                Digest.sha256("content"),
                "f",
                Optional.of(java.time.Instant.parse("2024-01-02T03:04:05Z")),
                Optional.of(expected)));
    requests.clear();
    var stated = Map.of("http.checksum", Digest.sha256("content").toString());
    assertThat(open("/f", stated).file(Optional.empty(), context).orElseThrow().checksum())
        .isEqualTo(Digest.sha256("content"));
    assertThat(requests).isEmpty();
  }
}
