package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SecretEnv;
import org.jbuildkit.protocol.pb.SecretOpt;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.session.SessionServer;
import org.jbuildkit.session.attach.RegistryAuth;
import org.jbuildkit.session.attach.RegistryCredentials;
import org.jbuildkit.session.attach.SecretSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * CVE-2023-26054, CVE-2025-0495: credentials showed up where builds are told of. A planted one is
 * searched in what the daemon answers and logs, and in all that it keeps.
 */
@Timeout(90)
class PlantedSecretsTest {
  private static final String SECRET = "planted-pass-word";
  private static final String LOG_LEVEL = "jbuildkit.log.level";
  private static final ByteArrayOutputStream LOGGED = new ByteArrayOutputStream();
  private static final PrintStream STANDARD_ERROR = System.err;
  private static final List<String> REACHED = Collections.synchronizedList(new ArrayList<>());

  /** As it is sent in a header. */
  private static final String ENCODED =
      Base64.getEncoder().encodeToString(("user:" + SECRET).getBytes(StandardCharsets.UTF_8));

  @TempDir static Path folder;
  private static HttpServer server;
  private static EmbeddedBuildkit daemon;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", PlantedSecretsTest::answer);
    server.start();
    System.setProperty(LOG_LEVEL, "TRACE");
    System.setErr(new PrintStream(LOGGED, true, StandardCharsets.UTF_8));
    daemon = EmbeddedBuildkit.start(DaemonConfig.embedded(folder.resolve("root")));
    channel = daemon.openChannel();
  }

  @AfterAll
  static void stop() {
    if (channel != null) {
      channel.shutdownNow();
      daemon.close();
      server.stop(0);
      System.setErr(STANDARD_ERROR);
      System.clearProperty(LOG_LEVEL);
    }
  }

  /** A web server, and a registry with a token server: both want to know who asks. */
  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
      boolean isGuarded = path.startsWith("/guarded") || path.startsWith("/v2/");
      if (path.equals("/token") && shown.orElse("").startsWith("Basic ")) {
        var token = ("{\"token\":\"" + SECRET + "\"}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, token.length);
        exchange.getResponseBody().write(token);
      } else if (isGuarded && !shown.equals(Optional.of("Bearer " + SECRET))) {
        var challenge = "Bearer realm=\"http://%s/token\",service=\"s\"".formatted(authority());
        exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
        exchange.sendResponseHeaders(401, -1);
      } else {
        REACHED.add(path);
        exchange.sendResponseHeaders(
            path.equals("/file") || path.equals("/guarded") ? 200 : 404, -1);
      }
    }
  }

  private static String authority() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private static String url(String path) {
    return "http://user:" + SECRET + "@" + authority() + path;
  }

  /** A token in the place of a user. */
  private static String tokenUrl(String path) {
    return "http://" + SECRET + "@" + authority() + path;
  }

  private static Definition download(String url) {
    var op = Op.newBuilder().setSource(SourceOp.newBuilder().setIdentifier(url));
    return Definitions.marshal(Optional.of(TestTrees.edge(op, List.of())));
  }

  private static Definition file(String name, String text) {
    var tree = TestTrees.files(TestTrees.file(name, ByteString.copyFromUtf8(text), 0644));
    return Definitions.marshal(Optional.of(tree));
  }

  private static void solve(SolveRequest.Builder request) {
    var _ =
        ControlGrpc.newBlockingStub(channel)
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .solve(request.putFrontendAttrs("attest:provenance", "mode=max").build());
  }

  private static void checkToldNowhere(String ref) throws IOException {
    var control = ControlGrpc.newBlockingStub(channel);
    var told = new StringBuilder();
    control
        .listenBuildHistory(BuildHistoryRequest.newBuilder().setRef(ref).setEarlyExit(true).build())
        .forEachRemaining(told::append);
    assertThat(told).as("the record of %s", ref).isNotEmpty();
    control.status(StatusRequest.newBuilder().setRef(ref).build()).forEachRemaining(told::append);
    assertThat(told.toString()).doesNotContain(SECRET, ENCODED);
    assertThat(LOGGED.toString(StandardCharsets.UTF_8))
        .contains("solve " + ref)
        .doesNotContain(SECRET, ENCODED);
    for (var file : new LastingFiles(folder).texts().entrySet()) {
      assertThat(file.getValue()).as("%s", file.getKey()).doesNotContain(SECRET, ENCODED);
    }
  }

  /** What a client is told of a build that fails; not the secret, whatever comes with it. */
  private static String failure(SolveRequest.Builder request) {
    var error = catchThrowableOfType(StatusRuntimeException.class, () -> solve(request));
    assertThat(error).isNotNull();
    assertThat(error.getMessage() + StatusProto.fromThrowable(error))
        .doesNotContain(SECRET, ENCODED);
    return String.valueOf(error.getMessage());
  }

  /** Of the source itself, and of what is said beside it. */
  @Test
  void anUrlsPasswordIsToldNowhere() throws Exception {
    for (var url : List.of(url("/file"), tokenUrl("/file"))) {
      var ref = "plain" + url.length();
      solve(SolveRequest.newBuilder().setRef(ref).setDefinition(download(url)));
      checkToldNowhere(ref);
    }
    var source =
        SourceOp.newBuilder()
            .setIdentifier("http://" + authority() + "/file")
            .putAttrs("http.header.user-agent", url("/"));
    var edge = TestTrees.edge(Op.newBuilder().setSource(source), List.of());
    var definition = Definitions.marshal(Optional.of(edge));
    solve(SolveRequest.newBuilder().setRef("attribute").setDefinition(definition));
    checkToldNowhere("attribute");
  }

  @Test
  void aDownloadThatFailsDoesNotTellThePassword() throws Exception {
    for (var url : List.of(url("/missing"), url("/%zz"), tokenUrl("/missing"), tokenUrl("/%zz"))) {
      var ref = "failed" + url.length();
      failure(SolveRequest.newBuilder().setRef(ref).setDefinition(download(url)));
      checkToldNowhere(ref);
    }
  }

  @Test
  void aContextsPasswordIsNotInTheRecordOfItsBuild() throws Exception {
    for (var path : List.of("/missing.tar", "/missing.git", "/missing.git#ref:folder")) {
      for (var url : List.of(url(path), tokenUrl(path))) {
        var ref = "context" + url.length();
        failure(
            SolveRequest.newBuilder()
                .setRef(ref)
                .setFrontend("dockerfile.v0")
                .putFrontendAttrs("context", url)
                .putFrontendAttrs("context:named", url)
                .putFrontendAttrs("vcs:source", url));
        checkToldNowhere(ref);
      }
    }
  }

  /** The address comes by an argument: the file's own text is kept, as it is what was built. */
  @Test
  void anAddsPasswordIsToldNowhere() throws Exception {
    for (var url : List.of(url("/missing"), tokenUrl("/missing"))) {
      var ref = "add" + url.length();
      var request = dockerfile("FROM scratch\nARG FROM\nADD $FROM /f\n");
      assertThat(failure(request.setRef(ref).putFrontendAttrs("build-arg:FROM", url)))
          .contains("404");
      checkToldNowhere(ref);
    }
  }

  /**
   * In the provenance of a build that succeeds. (An ARG's value is in the history of the image, as
   * upstream: so it is unused here.)
   */
  @Test
  void optionsAreToldWithoutPasswords() throws Exception {
    for (var url : List.of(url("/file"), tokenUrl("/file"))) {
      var ref = "options" + url.length();
      var request = dockerfile("FROM scratch\nCOPY x /\n").setRef(ref);
      request.putFrontendAttrs("build-arg:UNUSED", url).putFrontendAttrs("vcs:source", url);
      solve(request.putFrontendAttrs("context:unused", url));
      checkToldNowhere(ref);
    }
  }

  private static SolveRequest.Builder dockerfile(String text) {
    return SolveRequest.newBuilder()
        .setFrontend("dockerfile.v0")
        .putFrontendInputs("dockerfile", file("Dockerfile", text))
        .putFrontendInputs("context", file("x", ""));
  }

  @Test
  void aRepositorysHeaderIsToldNowhere() throws Exception {
    var address = authority() + "/guarded.git";
    var source =
        SourceOp.newBuilder()
            .setIdentifier("git://" + address + "#main")
            .putAttrs("git.fullurl", "http://" + address)
            .putAttrs("git.authheadersecret", "header");
    var edge = TestTrees.edge(Op.newBuilder().setSource(source), List.of());
    var definition = Definitions.marshal(Optional.of(edge));
    withSession(session ->
        failure(
            SolveRequest.newBuilder()
                .setRef("githeader")
                .setSession(session)
                .setDefinition(definition)));
    assertThat(REACHED).contains("/guarded.git/info/refs");
    checkToldNowhere("githeader");
  }

  /** A repository's URL in a definition, with what it was written as beside it. */
  @Test
  void aRepositorysPasswordIsToldNowhere() throws Exception {
    for (var url : List.of(url("/r.git"), tokenUrl("/r.git"))) {
      var ref = "git" + url.length();
      var source =
          SourceOp.newBuilder()
              .setIdentifier(url.replace("http://", "git://"))
              .putAttrs("git.fullurl", url);
      var edge = TestTrees.edge(Op.newBuilder().setSource(source), List.of());
      failure(
          SolveRequest.newBuilder()
              .setRef(ref)
              .setDefinition(Definitions.marshal(Optional.of(edge))));
      checkToldNowhere(ref);
    }
  }

  private interface Attached {
    void run(String session) throws Exception;
  }

  /** Runs with a client that has the secret under three names, and is the registry's user. */
  private static void withSession(Attached body) throws Exception {
    var secrets = new LinkedHashMap<String, SecretSource.Origin>();
    secrets.put("s", new SecretSource.Origin.FromValue(SECRET));
    secrets.put("header", new SecretSource.Origin.FromValue("Bearer " + SECRET));
    var login =
        new RegistryCredentials() {
          @Override
          public Optional<Credential> find(String host) {
            return Optional.of(new Credential("user", SECRET, ""));
          }

          @Override
          public byte[] tokenSeed(String host) {
            return new byte[16];
          }
        };
    try (var server =
            SessionServer.start(
                "", List.of(new SecretSource(secrets), new RegistryAuth(login, false)));
        var _ = server.connect(channel)) {
      body.run(server.id());
    }
  }

  @Test
  void secretsOfAStepAreToldNowhere() throws Exception {
    var busybox = TestTrees.busybox();
    for (int status : new int[] {0, 7}) {
      var script = "read x < /run/s; [ \"$x\" = \"$S\" ] || exit 1; exit " + status;
      var meta = Meta.newBuilder().addArgs("/bin/sh").addArgs("-c").addArgs(script).setCwd("/");
      var mount =
          Mount.newBuilder()
              .setInput(-1)
              .setOutput(-1)
              .setDest("/run/s")
              .setMountType(MountType.SECRET)
              .setSecretOpt(SecretOpt.newBuilder().setID("s").setMode(0400));
      var step =
          ExecOp.newBuilder()
              .setMeta(meta)
              .addMounts(Mount.newBuilder().setDest("/"))
              .addMounts(mount)
              .addSecretenv(SecretEnv.newBuilder().setID("s").setName("S"));
      var edge = TestTrees.edge(Op.newBuilder().setExec(step), List.of(busybox));
      var definition = Definitions.marshal(Optional.of(edge));
      var ref = "step" + status;
      withSession(session -> {
        var request = SolveRequest.newBuilder().setRef(ref).setSession(session);
        request.setDefinition(definition);
        if (status == 0) {
          solve(request);
        } else {
          assertThat(failure(request)).contains("exit code: 7");
        }
      });
      checkToldNowhere(ref);
    }
  }

  @Test
  void aHeaderMadeOfASecretIsToldNowhere() throws Exception {
    for (var path : List.of("/guarded", "/guarded/missing")) {
      var source =
          SourceOp.newBuilder()
              .setIdentifier("http://" + authority() + path)
              .putAttrs("http.authheadersecret", "header");
      var edge = TestTrees.edge(Op.newBuilder().setSource(source), List.of());
      var definition = Definitions.marshal(Optional.of(edge));
      var ref = "header" + path.length();
      withSession(session -> {
        var request = SolveRequest.newBuilder().setRef(ref).setSession(session);
        request.setDefinition(definition);
        if (path.equals("/guarded")) {
          solve(request);
        } else {
          assertThat(failure(request)).contains("404");
        }
      });
      assertThat(REACHED).contains(path);
      checkToldNowhere(ref);
    }
  }

  @Test
  void aRegistrysPasswordAndTokenAreToldNowhere() throws Exception {
    withSession(session -> {
      var image = authority() + "/some/image:v1";
      var request = dockerfile("FROM " + image + "\n").setRef("registry").setSession(session);
      assertThat(failure(request)).contains(image);
    });
    assertThat(REACHED).contains("/v2/some/image/manifests/v1");
    checkToldNowhere("registry");
  }

  /**
   * As upstream: the line of a RUN is its name and in the graph, and a build's arguments are in its
   * record and in provenance of mode=max. That is what secrets are for.
   */
  @Test
  void argumentsAreToldByDesign() {
    var request = dockerfile("FROM scratch\nARG A\nLABEL a=x\n").setRef("by-design");
    solve(request.putFrontendAttrs("build-arg:A", "an-argument"));
    var told = new StringBuilder();
    ControlGrpc.newBlockingStub(channel)
        .listenBuildHistory(
            BuildHistoryRequest.newBuilder().setRef("by-design").setEarlyExit(true).build())
        .forEachRemaining(told::append);
    assertThat(told.toString()).contains("an-argument");
  }
}
