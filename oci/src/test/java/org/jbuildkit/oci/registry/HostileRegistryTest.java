package org.jbuildkit.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jbuildkit.oci.registry.FakeRegistry.bytes;
import static org.jbuildkit.oci.registry.FakeRegistry.status;
import static org.jbuildkit.oci.registry.FakeRegistry.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jbuildkit.base.Digest;
import org.jbuildkit.oci.Descriptor;
import org.jbuildkit.oci.ImageReference;
import org.jbuildkit.oci.MediaType;
import org.jbuildkit.oci.registry.RegistryClient.Purpose;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries that want more than they are due: credentials for others, or all of our memory. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileRegistryTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
  private static final Descriptor LAYER = Descriptor.of(MediaType.OCI_LAYER, CONTENT);
  private static final String BLOB = "/v2/some/image/blobs/" + LAYER.digest();
  private static final String MANIFEST = "/v2/some/image/manifests/v1";
  private static final Credentials ASKER =
      Credentials.of(new Credentials.Login("user", "pass-word"));

  private FakeRegistry registry;
  private FakeRegistry thief;
  private RegistryClient client;

  @BeforeEach
  void open() throws IOException {
    registry = new FakeRegistry();
    thief = new FakeRegistry();
    var settings =
        new RegistryClient.Settings(RegistryHosts.standard(), "buildkit/v0.32", 4, Map.of());
    client = new RegistryClient(settings, _ -> {}, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    client.close();
    registry.close();
    thief.close();
  }

  private Repository repository(Purpose purpose) {
    var name = ImageReference.parse(registry.authority() + "/some/image");
    return client.repository(name, ASKER, purpose);
  }

  private byte[] read(Descriptor descriptor) throws IOException, InterruptedException {
    try (var in = repository(Purpose.PULL).open(descriptor)) {
      return in.readAllBytes();
    }
  }

  /** The registry wants basic credentials before it answers. */
  private FakeRegistry.Answer guarded(FakeRegistry.Answer answer) {
    return exchange ->
        (exchange.getRequestHeaders().containsKey("Authorization")
                ? answer
                : status(401, "WWW-Authenticate", "Basic realm=\"x\""))
            .to(exchange);
  }

  private void checkThief() {
    var secret =
        Base64.getEncoder().encodeToString("user:pass-word".getBytes(StandardCharsets.UTF_8));
    assertThat(thief.asked()).isNotEmpty();
    for (var asked : thief.asked()) {
      var all = asked.line() + asked.headers() + new String(asked.body(), StandardCharsets.UTF_8);
      assertThat(all).doesNotContain("pass-word", secret, "Authorization", "Bearer");
    }
  }

  /**
   * CVE-2020-15157: a foreign layer's server asked for the credentials of the registry, and got
   * them.
   */
  @ParameterizedTest
  @ValueSource(strings = {"Basic realm=\"x\"", "Bearer realm=\"http://%s/token\",service=\"s\""})
  void aForeignLayersServerGetsNoCredentialsEvenIfItAsks(String challenge) {
    registry.on("GET " + BLOB, guarded(bytes(CONTENT)));
    thief
        .on("GET /layer", status(401, "WWW-Authenticate", challenge.formatted(thief.authority())))
        .on("GET /token", text(200, "{\"token\":\"t\"}"));
    var foreign = LAYER.withUrls(List.of("http://" + thief.authority() + "/layer"));
    assertThatThrownBy(() -> read(foreign)).hasMessageContaining("401 Unauthorized");
    checkThief();
  }

  /** CVE-2024-3727: a redirect of the registry took the authorization along. */
  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectToAnotherPortDropsTheAuthorization(int status) throws Exception {
    thief.on("GET /storage", bytes(CONTENT));
    registry.on(
        "GET " + BLOB,
        guarded(status(status, "Location", "http://" + thief.authority() + "/storage")));
    assertThat(read(LAYER)).isEqualTo(CONTENT);
    checkThief();
  }

  /** CVE-2026-33540: once gone elsewhere, the way back does not bring the authorization back. */
  @Test
  void aRedirectBackDoesNotRestoreTheAuthorization() throws Exception {
    thief.on("GET /there", status(307, "Location", "http://" + registry.authority() + "/back"));
    registry
        .on("GET /back", bytes(CONTENT))
        .on(
            "GET " + BLOB,
            guarded(status(307, "Location", "http://" + thief.authority() + "/there")));
    assertThat(read(LAYER)).isEqualTo(CONTENT);
    checkThief();
    assertThat(registry.asked().getLast().line()).isEqualTo("GET /back");
    assertThat(registry.asked().getLast().headers()).doesNotContainKey("Authorization");
  }

  @ParameterizedTest
  @ValueSource(ints = {307, 308})
  void aTokenServersFormGoesNowhereElse(int status) throws Exception {
    thief.on("POST /token", text(200, "{\"access_token\":\"t\"}"));
    registry.on(
        "POST /token", status(status, "Location", "http://" + thief.authority() + "/token"));
    var wish = new Credentials.Wish("http://" + registry.authority() + "/token", "s", List.of());
    try (var tokens = new TokenClient(Map.of())) {
      for (var name : List.of("user", "")) {
        var login = new Credentials.Login(name, "pass-word");
        assertThatThrownBy(() -> tokens.fetch("host", TlsTrust.SYSTEM, wish, login))
            .hasMessageContaining("which credentials are not for");
      }
    }
    assertThat(thief.asked()).isEmpty();
  }

  /** CVE-2026-33540: the realm of a registry with TLS was a server without. */
  @Test
  void aRealmWithoutTlsGetsNoCredentialsForARegistryWithTls() {
    var host =
        new RegistryHost(
            "registry.invalid", "/v2", RegistryHost.Scheme.HTTPS, Set.of(), TlsTrust.SYSTEM);
    try (var transport = new HttpTransport("x", Map.of())) {
      var wish = new Credentials.Wish("http://thief.invalid/token", "s", List.of());
      var fetcher = new TokenFetcher(transport, host);
      assertThatThrownBy(() -> fetcher.fetch(wish, new Credentials.Login("user", "pass-word")))
          .hasMessage("token server thief.invalid is not reached by TLS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:///etc/passwd", "ftp://h/", "gopher://h/", "/token", "http:///x", " "})
  void aRealmIsAWebServer(String realm) {
    registry.on(
        "GET " + BLOB,
        status(401, "WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"s\""));
    assertThatThrownBy(() -> read(LAYER))
        .hasMessageContaining("invalid token auth challenge realm");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "jar:file:///x!/y", "ftp://h/x"})
  void redirectsAndForeignLayersLeadToTheWebOnly(String url) {
    registry.on("GET " + BLOB, status(302, "Location", url));
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("unsupported protocol scheme");
    registry.on("GET " + BLOB, bytes(CONTENT));
    assertThat(assertReads(LAYER.withUrls(List.of(url)))).isEqualTo(CONTENT);
  }

  private byte[] assertReads(Descriptor descriptor) {
    try {
      return read(descriptor);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The place of an upload that the registry names elsewhere, and that asks for credentials. */
  @Test
  void anUploadsPlaceElsewhereGetsNoCredentialsEvenIfItAsks() {
    thief.on("PUT /up", status(401, "WWW-Authenticate", "Basic realm=\"x\""));
    registry
        .on("HEAD " + BLOB, guarded(status(404)))
        .on(
            "POST /v2/some/image/blobs/uploads/",
            status(202, "Location", "http://" + thief.authority() + "/up"));
    assertThatThrownBy(() -> repository(Purpose.PUSH).push(new Content()))
        .hasMessageContaining("401 Unauthorized");
    assertThat(registry.asked().getLast().headers()).containsKey("Authorization");
    checkThief();
  }

  private static final class Content implements BlobUpload {
    @Override
    public Descriptor descriptor() {
      return LAYER;
    }

    @Override
    public List<String> elsewhere() {
      return List.of();
    }

    @Override
    public void prepare() {}

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(CONTENT);
    }
  }

  // Answers that have no end.

  private static FakeRegistry.Answer endless(String start, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(200, 0);
      var out = exchange.getResponseBody();
      out.write(start.getBytes(StandardCharsets.UTF_8));
      var more = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
      while (true) {
        out.write(more); // until the other side has enough
      }
    };
  }

  /** CVE-2023-25153: documents of any size were read. */
  @Test
  void anEndlessManifestIsNotRead() {
    registry
        .on("HEAD " + MANIFEST, status(200, "Content-Type", MediaType.OCI_MANIFEST))
        .on("GET " + MANIFEST, endless("{"));
    var name = ImageReference.parse(registry.authority() + "/some/image:v1");
    assertThatThrownBy(() -> repository(Purpose.PULL).resolve(name))
        .hasMessageStartingWith("rejecting ");
  }

  @Test
  void aDocumentThatIsSaidToBeHugeIsNotAskedFor() {
    var huge = new Descriptor(MediaType.OCI_INDEX, Digest.sha256("x"), 1L << 40);
    assertThatThrownBy(() -> repository(Purpose.PULL).document(huge))
        .hasMessageContaining("is larger than");
    assertThat(registry.asked()).isEmpty();
  }

  @Test
  void anEndlessTokenIsNotRead() {
    registry
        .on("GET /token", endless("{\"token\":\"t\"}"))
        .on(
            "GET " + BLOB,
            status(
                401,
                "WWW-Authenticate",
                "Bearer realm=\"http://" + registry.authority() + "/token\""));
    assertThatThrownBy(() -> read(LAYER)).isInstanceOf(IOException.class);
  }

  @Test
  void anEndlessErrorIsNotRead() {
    registry.on(
        "GET " + BLOB,
        exchange -> {
          exchange.sendResponseHeaders(403, 0);
          var more = new byte[1 << 16];
          while (true) {
            exchange.getResponseBody().write(more);
          }
        });
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("403 Forbidden");
  }

  @Test
  void anEndlessBlobIsReadToItsSizeOnly() {
    registry.on("GET " + BLOB, endless("content"));
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("longer");
  }

  @Test
  void aBlobThatUnpacksWithoutEndIsReadToItsSizeOnly() throws Exception {
    var packed = new java.io.ByteArrayOutputStream();
    try (var out = new java.util.zip.GZIPOutputStream(packed)) {
      out.write(new byte[200 << 20]);
    }
    registry.on("GET " + BLOB, bytes(packed.toByteArray(), "Content-Encoding", "gzip"));
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("longer");
  }

  @Test
  void deeplyNestedDocumentsEndTheRequestOnly() {
    var deep = "[".repeat(500_000);
    registry.on("GET " + BLOB, text(403, "{\"errors\":" + deep));
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("403 Forbidden");
    registry
        .on("GET /token", text(200, "{\"a\":" + deep))
        .on(
            "GET " + BLOB,
            status(
                401,
                "WWW-Authenticate",
                "Bearer realm=\"http://" + registry.authority() + "/token\""));
    assertThatThrownBy(() -> read(LAYER)).hasMessageContaining("unable to decode token response");
  }
}
