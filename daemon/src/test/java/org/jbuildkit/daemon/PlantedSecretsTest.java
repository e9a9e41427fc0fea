package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.SourceOp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * CVE-2023-26054, CVE-2025-0495: credentials of URLs showed up where builds are told of. A planted
 * one is searched in what the daemon answers and in all that it keeps.
 */
@Timeout(90)
class PlantedSecretsTest {
  private static final String SECRET = "planted-pass-word";

  @TempDir static Path folder;
  private static HttpServer server;
  private static EmbeddedBuildkit daemon;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean isFound = exchange.getRequestURI().getPath().equals("/file");
          exchange.sendResponseHeaders(isFound ? 200 : 404, -1);
          exchange.close();
        });
    server.start();
    daemon = EmbeddedBuildkit.start(DaemonConfig.embedded(folder.resolve("root")));
    channel = daemon.openChannel();
  }

  @AfterAll
  static void stop() {
    if (channel != null) {
      channel.shutdownNow();
      daemon.close();
      server.stop(0);
    }
  }

  private static String url(String path) {
    return "http://user:" + SECRET + "@127.0.0.1:" + server.getAddress().getPort() + path;
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
    assertThat(told.toString()).doesNotContain(SECRET);
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(SECRET);
      }
    }
  }

  @Test
  void anUrlsPasswordIsToldNowhere() throws Exception {
    solve(SolveRequest.newBuilder().setRef("plain").setDefinition(download(url("/file"))));
    checkToldNowhere("plain");
  }

  @Test
  void aDownloadThatFailsDoesNotTellThePassword() throws Exception {
    for (var path : List.of("/missing", "/%zz")) {
      var ref = "failed" + path.length();
      assertThatThrownBy(
              () -> solve(SolveRequest.newBuilder().setRef(ref).setDefinition(download(url(path)))))
          .isInstanceOf(StatusRuntimeException.class)
          .message()
          .doesNotContain(SECRET);
      checkToldNowhere(ref);
    }
  }

  @Test
  void aContextsPasswordIsNotInTheRecordOfItsBuild() throws Exception {
    assertThatThrownBy(() ->
            solve(
                SolveRequest.newBuilder()
                    .setRef("context")
                    .setFrontend("dockerfile.v0")
                    .putFrontendAttrs("context", url("/missing.tar"))))
        .isInstanceOf(StatusRuntimeException.class)
        .message()
        .doesNotContain(SECRET);
    checkToldNowhere("context");
  }

  /** The address comes by an argument: the file's own text is kept, as it is what was built. */
  @Test
  void anAddsPasswordIsToldNowhere() throws Exception {
    assertThatThrownBy(() ->
            solve(
                SolveRequest.newBuilder()
                    .setRef("add")
                    .setFrontend("dockerfile.v0")
                    .putFrontendAttrs("build-arg:FROM", url("/missing"))
                    .putFrontendInputs(
                        "dockerfile", file("Dockerfile", "FROM scratch\nARG FROM\nADD $FROM /f\n"))
                    .putFrontendInputs("context", file("x", ""))))
        .isInstanceOf(StatusRuntimeException.class)
        .message()
        .contains("404")
        .doesNotContain(SECRET);
    checkToldNowhere("add");
  }
}
