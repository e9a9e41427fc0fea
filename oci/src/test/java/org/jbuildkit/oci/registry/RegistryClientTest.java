package org.jbuildkit.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jbuildkit.oci.registry.FakeRegistry.bytes;
import static org.jbuildkit.oci.registry.FakeRegistry.cut;
import static org.jbuildkit.oci.registry.FakeRegistry.status;
import static org.jbuildkit.oci.registry.FakeRegistry.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.registry.RegistryClient.Purpose;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client sends to a registry, and what it makes of the answers. */
class RegistryClientTest {
  private static final byte[] CONTENT = "0123456789".repeat(100).getBytes(StandardCharsets.UTF_8);
  private static final Descriptor LAYER = Descriptor.of(MediaType.OCI_LAYER, CONTENT);
  private static final String BLOB = "/v2/some/image/blobs/" + LAYER.digest();

  private final List<Duration> pauses = new ArrayList<>();
  private FakeRegistry registry;
  private RegistryClient client;

  @BeforeEach
  void open() throws IOException {
    registry = new FakeRegistry();
    client = client(RegistryHosts.standard());
  }

  private RegistryClient client(RegistryHosts hosts) {
    var settings = new RegistryClient.Settings(hosts, "buildkit/v0.32", 4, Map.of());
    return new RegistryClient(settings, pauses::add, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    client.close();
    registry.close();
  }

  private ImageReference reference(String object) {
    return ImageReference.parse(registry.authority() + "/some/image" + object);
  }

  private Repository repository(Credentials asker, Purpose purpose) {
    return client.repository(reference(""), asker, purpose);
  }

  private Repository anonymous() {
    return repository(Credentials.anonymous(), Purpose.PULL);
  }

  private byte[] read(Descriptor descriptor) throws IOException, InterruptedException {
    try (var in = anonymous().open(descriptor)) {
      return in.readAllBytes();
    }
  }

  @Test
  void aTagStandsForWhatTheHeadersSay() throws Exception {
    var digest = Digest.sha256("x").toString();
    registry.on(
        "HEAD /v2/some/image/manifests/v1",
        exchange -> {
          exchange.getResponseHeaders().add("Docker-Content-Digest", digest);
          exchange.getResponseHeaders().add("Content-Type", MediaType.OCI_INDEX + "; a=b");
          exchange.getResponseHeaders().add("Content-Length", "123");
          exchange.sendResponseHeaders(200, -1);
        });
    var found = anonymous().resolve(reference(":v1"));
    assertThat(found).isEqualTo(new Descriptor(MediaType.OCI_INDEX, Digest.parse(digest), 123));
    var headers = registry.asked().getFirst().headers();
    assertThat(headers)
        .containsEntry("User-Agent", "buildkit/v0.32")
        .containsEntry(
            "Accept",
            "application/vnd.docker.distribution.manifest.v2+json,"
                + " application/vnd.docker.distribution.manifest.list.v2+json,"
                + " application/vnd.oci.image.manifest.v1+json,"
                + " application/vnd.oci.image.index.v1+json, */*")
        .doesNotContainKey("Authorization");
  }

  @Test
  void aTagWithoutDigestHeaderIsHashed() throws Exception {
    var document = "{}".getBytes(StandardCharsets.UTF_8);
    registry
        .on("HEAD /v2/some/image/manifests/v1", status(200, "Content-Type", MediaType.OCI_MANIFEST))
        .on("GET /v2/some/image/manifests/v1", bytes(document));
    assertThat(anonymous().resolve(reference(":v1")))
        .isEqualTo(Descriptor.of(MediaType.OCI_MANIFEST, document));
  }

  @Test
  void whatIsNotThereIsNotFound() {
    var reference = reference(":v1");
    assertThatThrownBy(() -> anonymous().resolve(reference)).hasMessage(reference + ": not found");
  }

  @Test
  void aDigestIsLookedForAmongManifestsThenBlobs() {
    var digest = Digest.sha256("x");
    assertThatThrownBy(() -> anonymous().resolve(reference("@" + digest)))
        .hasMessageEndingWith(": not found");
    assertThat(registry.lines())
        .containsExactly(
            "HEAD /v2/some/image/manifests/" + digest, "HEAD /v2/some/image/blobs/" + digest);
  }

  @Test
  void aHugeManifestIsRefusedUnread() {
    registry.on(
        "HEAD /v2/some/image/manifests/v1",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Length", "4393217");
          exchange.sendResponseHeaders(200, -1);
        });
    assertThatThrownBy(() -> anonymous().resolve(reference(":v1")))
        .hasMessage("rejecting 4393217 byte manifest for " + reference(":v1") + ": not found");
  }

  @Test
  void aConstant500IsAskedTwiceInFourRounds() {
    registry.on("HEAD /v2/some/image/manifests/v1", status(500));
    var log = new StringBuilder();
    assertThatThrownBy(
            () -> client.attempts().run(log::append, () -> anonymous().resolve(reference(":v1"))))
        .hasMessage(
            "unexpected status from HEAD request to http://%s/v2/some/image/manifests/v1: 500 Internal Server Error"
                .formatted(registry.authority()));
    assertThat(registry.lines()).hasSize(8);
    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(log.toString().lines())
        .filteredOn(line -> line.startsWith("retrying"))
        .containsExactly("retrying in 1s", "retrying in 2s", "retrying in 4s");
  }

  @Test
  void whatTheRegistrySaysOfItsErrorFollowsTheStatus() {
    registry
        .on("HEAD /v2/some/image/manifests/v1", status(403))
        .on(
            "GET /v2/some/image/manifests/v1",
            text(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not for you\"}]}"));
    assertThatThrownBy(() -> anonymous().resolve(reference(":v1")))
        .hasMessageEndingWith("403 Forbidden\ndenied: not for you");
  }

  @Test
  void aBlobIsReadAndVerified() throws Exception {
    registry.on("GET " + BLOB, bytes(CONTENT));
    assertThat(read(LAYER)).isEqualTo(CONTENT);
  }

  @Test
  void wrongBytesAreRefused() {
    var wrong = CONTENT.clone();
    wrong[7] ^= 1;
    registry.on("GET " + BLOB, bytes(wrong));
    assertThatThrownBy(() -> read(LAYER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("digest");
  }

  @Test
  void moreBytesThanPromisedAreRefused() {
    registry.on("GET " + BLOB, bytes(Arrays.copyOf(CONTENT, CONTENT.length + 1)));
    assertThatThrownBy(() -> read(LAYER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer");
  }

  @Test
  void aBrokenTransferGoesOnWhereItEnded() throws Exception {
    registry.on(
        "GET " + BLOB,
        exchange -> {
          var range = exchange.getRequestHeaders().getFirst("Range");
          if (range == null) {
            cut(CONTENT, 300).to(exchange);
          } else {
            assertThat(range).isEqualTo("bytes=300-");
            exchange.getResponseHeaders().add("Content-Range", "bytes 300-999/1000");
            exchange.sendResponseHeaders(206, 700);
            exchange.getResponseBody().write(CONTENT, 300, 700);
          }
        });
    assertThat(read(LAYER)).isEqualTo(CONTENT);
    assertThat(registry.lines()).hasSize(2);
  }

  @Test
  void aBrokenTransferGoesOnWithoutRangesToo() throws Exception {
    registry.on(
        "GET " + BLOB,
        exchange ->
            (exchange.getRequestHeaders().containsKey("Range") ? bytes(CONTENT) : cut(CONTENT, 300))
                .to(exchange));
    assertThat(read(LAYER)).isEqualTo(CONTENT);
  }

  @Test
  void aBlobThatAlwaysEndsEarlyFailsAfterThreeMoreAttempts() {
    var part = Arrays.copyOf(CONTENT, 10);
    registry.on(
        "GET " + BLOB,
        exchange -> {
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write(part);
        });
    assertThatThrownBy(() -> read(LAYER))
        .hasMessageContaining("short read: expected 1000 bytes but got 10");
    assertThat(registry.lines()).hasSize(4);
  }

  @Test
  void aRedirectElsewhereCarriesNoSecrets() throws Exception {
    try (var other = new FakeRegistry()) {
      other.on("GET /storage", bytes(CONTENT));
      registry.on(
          "GET " + BLOB,
          exchange -> {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
              status(307, "Location", "http://" + other.authority() + "/storage").to(exchange);
            } else {
              status(401, "WWW-Authenticate", "Basic realm=\"x\"").to(exchange);
            }
          });
      var asker = Credentials.of(new Credentials.Login("user", "secret"));
      try (var in = repository(asker, Purpose.PULL).open(LAYER)) {
        assertThat(in.readAllBytes()).isEqualTo(CONTENT);
      }
      assertThat(registry.asked().getLast().headers())
          .containsEntry("Authorization", "Basic dXNlcjpzZWNyZXQ=");
      assertThat(other.asked()).hasSize(1);
      assertThat(other.asked().getFirst().headers()).doesNotContainKey("Authorization");
    }
  }

  @Test
  void anEndlessRedirectEnds() {
    registry.on("GET " + BLOB, status(302, "Location", BLOB));
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("stopped after 10 redirects");
  }

  @Test
  void aForeignLayerComesFromItsUrlWithoutSecrets() throws Exception {
    try (var other = new FakeRegistry()) {
      other.on("GET /layer", bytes(CONTENT));
      var foreign = LAYER.withUrls(List.of("http://" + other.authority() + "/layer"));
      assertThat(read(foreign)).isEqualTo(CONTENT);
      assertThat(other.asked().getFirst().headers()).doesNotContainKey("Authorization");
      assertThat(registry.asked()).isEmpty();
    }
  }

  private void tokens(FakeRegistry.Answer server) {
    var realm = "http://" + registry.authority() + "/token";
    registry
        .on("GET /token", server)
        .on(
            "GET " + BLOB,
            exchange -> {
              var header = exchange.getRequestHeaders().getFirst("Authorization");
              ("Bearer good".equals(header)
                      ? bytes(CONTENT)
                      : status(
                          401,
                          "WWW-Authenticate",
                          "Bearer realm=\""
                              + realm
                              + "\",service=\"svc\",scope=\"repository:a/b:pull\""))
                  .to(exchange);
            });
  }

  @Test
  void anAnonymousTokenIsFetchedOnce() throws Exception {
    tokens(text(200, "{\"token\":\"good\",\"expires_in\":300}"));
    assertThat(read(LAYER)).isEqualTo(CONTENT);
    assertThat(read(LAYER)).isEqualTo(CONTENT);
    assertThat(registry.lines())
        .containsExactly(
            "GET " + BLOB,
            "GET /token?scope=repository%3Aa%2Fb%3Apull&scope=repository%3Asome%2Fimage%3Apull&service=svc",
            "GET " + BLOB,
            "GET " + BLOB);
  }

  @Test
  void anotherAskerNeedsNoChallengeButATokenOfItsOwn() throws Exception {
    tokens(text(200, "{\"token\":\"good\",\"expires_in\":300}"));
    assertThat(read(LAYER)).isEqualTo(CONTENT);
    var asker = Credentials.of(new Credentials.Login("user", "secret"));
    try (var in = repository(asker, Purpose.PULL).open(LAYER)) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
    var second = registry.asked().subList(3, 5);
    assertThat(second.get(0).line()).startsWith("GET /token");
    assertThat(second.get(0).headers()).containsEntry("Authorization", "Basic dXNlcjpzZWNyZXQ=");
    assertThat(second.get(1).line()).isEqualTo("GET " + BLOB);
  }

  @Test
  void aKnownAskerGetsItsTokenByName() throws Exception {
    tokens(exchange ->
        ("Basic dXNlcjpzZWNyZXQ=".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                ? text(200, "{\"access_token\":\"good\"}")
                : status(401))
            .to(exchange));
    var asker = Credentials.of(new Credentials.Login("user", "secret"));
    try (var in = repository(asker, Purpose.PULL).open(LAYER)) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
  }

  @Test
  void aTokenServerThatWantsAFormGetsIt() throws Exception {
    tokens(status(404));
    registry.on("POST /token", text(200, "{\"access_token\":\"good\"}"));
    var asker = Credentials.of(new Credentials.Login("user", "secret"));
    try (var in = repository(asker, Purpose.PULL).open(LAYER)) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
    var form =
        registry.asked().stream()
            .filter(one -> one.line().startsWith("POST"))
            .findFirst()
            .orElseThrow();
    assertThat(new String(form.body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "client_id=buildkit-client&grant_type=password&password=secret"
                + "&scope=repository%3Aa%2Fb%3Apull+repository%3Asome%2Fimage%3Apull&service=svc&username=user");
  }

  @Test
  void aClientAsksByFormFirstAndElsewhereNot() throws Exception {
    var wish =
        new Credentials.Wish(
            "http://" + registry.authority() + "/token", "svc", List.of("repository:a:pull"));
    var login = new Credentials.Login("user", "secret");
    registry.on("POST /token", text(200, "{\"access_token\":\"good\",\"expires_in\":7}"));
    try (var tokens = new TokenClient(Map.of())) {
      assertThat(tokens.fetch("host", TlsTrust.SYSTEM, wish, login))
          .isEqualTo(new Credentials.Token("good", 7, 0));
      registry.on("POST /token", status(405)).on("GET /token", text(200, "{\"token\":\"other\"}"));
      assertThat(tokens.fetch("host", TlsTrust.SYSTEM, wish, login).value()).isEqualTo("other");
      registry.on(
          "POST /token", text(400, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"nope\"}]}"));
      assertThatThrownBy(() -> tokens.fetch("host", TlsTrust.SYSTEM, wish, login))
          .hasMessage("failed to fetch oauth token: denied: nope");
    }
    assertThat(registry.asked().getFirst().headers())
        .containsEntry("User-Agent", "containerd/2.3.3+unknown");
  }

  @Test
  void aTokenServersRedirectElsewhereCarriesNoSecrets() throws Exception {
    try (var other = new FakeRegistry()) {
      other.on("GET /token", text(200, "{\"token\":\"good\"}"));
      registry
          .on("POST /token", status(404))
          .on("GET /token", status(302, "Location", "http://" + other.authority() + "/token"));
      var wish = new Credentials.Wish("http://" + registry.authority() + "/token", "", List.of());
      try (var tokens = new TokenClient(Map.of())) {
        var _ =
            tokens.fetch("host", TlsTrust.SYSTEM, wish, new Credentials.Login("user", "secret"));
      }
      assertThat(other.asked().getFirst().headers()).doesNotContainKey("Authorization");
    }
  }

  @Test
  void aFailingTokenServerIsNamed() {
    tokens(status(503));
    assertThatThrownBy(() -> read(LAYER))
        .hasMessageStartingWith(
            "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to http://");
  }

  @Test
  void mirrorsComeFirstAndAreToldWhoseContentIsMeant() throws Exception {
    var own =
        new RegistrySettings(
            List.of(registry.authority() + "/proxy"),
            Optional.of(true),
            false,
            List.of(),
            List.of(),
            List.of());
    client.close();
    client = client(RegistryHosts.configured(Map.of("example.invalid", own)));
    var name = ImageReference.parse("example.invalid/some/image");
    registry.on("GET /v2/proxy/some/image/blobs/" + LAYER.digest(), bytes(CONTENT));
    try (var in = client.repository(name, Credentials.anonymous(), Purpose.PULL).open(LAYER)) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
    assertThat(registry.lines())
        .containsExactly(
            "GET /v2/proxy/some/image/blobs/" + LAYER.digest() + "?ns=example.invalid");
  }

  // Pushes.

  private static BlobUpload upload(List<String> elsewhere) {
    return new BlobUpload() {
      @Override
      public Descriptor descriptor() {
        return LAYER;
      }

      @Override
      public List<String> elsewhere() {
        return elsewhere;
      }

      @Override
      public void prepare() {}

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(CONTENT);
      }
    };
  }

  private void push(List<String> elsewhere) throws IOException, InterruptedException {
    repository(Credentials.anonymous(), Purpose.PUSH).push(upload(elsewhere));
  }

  @Test
  void aBlobIsPutInOnePiece() throws Exception {
    registry
        .on("POST /v2/some/image/blobs/uploads/", status(202, "Location", "/up/1?b=2&a=1"))
        .on("PUT /up/1", status(201));
    push(List.of());
    var hex = LAYER.digest().hex();
    assertThat(registry.lines())
        .containsExactly(
            "HEAD " + BLOB,
            "POST /v2/some/image/blobs/uploads/",
            "PUT /up/1?a=1&b=2&digest=sha256%3A" + hex);
    var put = registry.asked().getLast();
    assertThat(put.body()).isEqualTo(CONTENT);
    assertThat(put.headers())
        .containsEntry("Content-Type", "application/octet-stream")
        .containsEntry("Content-Length", "1000");
  }

  @Test
  void aBlobThatIsThereIsNotSent() throws Exception {
    registry.on("HEAD " + BLOB, status(200));
    push(List.of());
    assertThat(registry.lines()).containsExactly("HEAD " + BLOB);
  }

  @Test
  void aBlobIsMountedFromTheNearestRepository() throws Exception {
    registry.on("POST /v2/some/image/blobs/uploads/", status(201));
    push(List.of("other/image", "some/base", "some/image", "zzz"));
    assertThat(registry.lines())
        .containsExactly(
            "HEAD " + BLOB,
            "POST /v2/some/image/blobs/uploads/?mount=" + LAYER.digest() + "&from=some/base");
  }

  @Test
  void anUploadElsewhereCarriesNoSecrets() throws Exception {
    try (var other = new FakeRegistry()) {
      other.on("PUT /up", status(201));
      var asker = Credentials.of(new Credentials.Login("user", "secret"));
      registry
          .on("HEAD " + BLOB, status(401, "WWW-Authenticate", "Basic realm=\"x\""))
          .on(
              "POST /v2/some/image/blobs/uploads/",
              status(202, "Location", "http://" + other.authority() + "/up"));
      registry.on(
          "HEAD " + BLOB,
          exchange ->
              (exchange.getRequestHeaders().containsKey("Authorization")
                      ? status(404)
                      : status(401, "WWW-Authenticate", "Basic realm=\"x\""))
                  .to(exchange));
      repository(asker, Purpose.PUSH).push(upload(List.of()));
      assertThat(registry.asked().getLast().headers()).containsKey("Authorization");
      assertThat(other.asked().getFirst().headers()).doesNotContainKey("Authorization");
    }
  }

  @Test
  void anUploadGoesToTheWebOnly() {
    registry.on(
        "POST /v2/some/image/blobs/uploads/", status(202, "Location", "ftp://example.invalid/up"));
    assertThatThrownBy(() -> push(List.of()))
        .hasMessage("bad upload location \"ftp://example.invalid/up\"");
  }

  @Test
  void anAccepted202AtTheEndIsNoSuccess() {
    registry
        .on("POST /v2/some/image/blobs/uploads/", status(202, "Location", "/up"))
        .on("PUT /up", status(202));
    assertThatThrownBy(() -> push(List.of())).hasMessageContaining("202 Accepted");
  }

  @Test
  void aTagIsPutUnlessItStandsForTheDocument() throws Exception {
    var document = "{}".getBytes(StandardCharsets.UTF_8);
    var digest = Digest.sha256(document).toString();
    var repository = repository(Credentials.anonymous(), Purpose.PUSH);
    registry
        .on("HEAD /v2/some/image/manifests/v1", status(200, "Docker-Content-Digest", "sha256:0"))
        .on("PUT /v2/some/image/manifests/v1", status(201, "Docker-Content-Digest", digest));
    repository.pushDocument(MediaType.OCI_MANIFEST, document, Optional.of("v1"));
    registry.on("HEAD /v2/some/image/manifests/v1", status(200, "Docker-Content-Digest", digest));
    repository.pushDocument(MediaType.OCI_MANIFEST, document, Optional.of("v1"));
    assertThat(registry.lines())
        .containsExactly(
            "HEAD /v2/some/image/manifests/v1",
            "PUT /v2/some/image/manifests/v1",
            "HEAD /v2/some/image/manifests/v1");
    assertThat(registry.asked().get(1).headers())
        .containsEntry("Content-Type", MediaType.OCI_MANIFEST);
  }
}
