package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.protocol.gateway.Attestation;
import org.jbuildkit.protocol.gateway.Attestations;
import org.jbuildkit.protocol.gateway.EvaluateRequest;
import org.jbuildkit.protocol.gateway.FileRange;
import org.jbuildkit.protocol.gateway.InputsRequest;
import org.jbuildkit.protocol.gateway.ReadDirRequest;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.StatFileRequest;
import org.jbuildkit.protocol.gateway.WarnRequest;
import org.jbuildkit.protocol.gateway.WarnResponse;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Range;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose builds are driven by a client over the gateway. */
@Timeout(60)
class GatewayTest {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  @TempDir Path folder;
  private EmbeddedBuildkit daemon;
  private GatewayClient client;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "containers need root");
    assumeTrue(Files.isExecutable(BUSYBOX), "busybox-static is not installed");
    daemon = EmbeddedBuildkit.start(DaemonConfig.embedded(folder));
    client = new GatewayClient(daemon, SolveRequest.newBuilder());
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
    }
    if (daemon != null) {
      daemon.close();
    }
  }

  @Test
  void foldersAndFilesOfTreesAreLookedAt() throws Exception {
    var id = client.solve(TestTrees.some());
    var entries =
        client.bridge().readDir(ReadDirRequest.newBuilder().setRef(id).setDirPath("d").build());
    assertThat(entries.getEntriesList())
        .extracting(Stat::getPath)
        .extracting(ByteString::toStringUtf8)
        .containsExactly("a.txt", "b", "sub");
    var texts =
        client
            .bridge()
            .readDir(
                ReadDirRequest.newBuilder()
                    .setRef(id)
                    .setDirPath("/d")
                    .setIncludePattern("*.txt")
                    .build());
    assertThat(texts.getEntriesCount()).isEqualTo(1);
    var stat =
        client.bridge().statFile(StatFileRequest.newBuilder().setRef(id).setPath("l").build());
    assertThat(stat.getStat().getPath().toStringUtf8()).isEqualTo("a.txt");
    assertThat(stat.getStat().getSize()).isEqualTo(5);
    assertThat(read(id, FileRange.newBuilder().setOffset(1).setLength(3))).isEqualTo("ell");
    assertThat(read(id, FileRange.newBuilder().setOffset(1))).isEmpty();
    assertThat(read(id, FileRange.newBuilder().setOffset(9).setLength(3))).isEmpty();
    assertThat(read(id, FileRange.newBuilder().setOffset(-4).setLength(-3))).isEmpty();
  }

  private String read(String id, FileRange.Builder range) {
    var request = ReadFileRequest.newBuilder().setRef(id).setFilePath("/l").setRange(range);
    return client.bridge().readFile(request.build()).getData().toStringUtf8();
  }

  @Test
  void whatIsNotThereIsSaid() {
    var id = client.solve(TestTrees.some());
    assertThatThrownBy(() ->
            client
                .bridge()
                .statFile(StatFileRequest.newBuilder().setRef(id).setPath("nope").build()))
        .hasMessageEndingWith("lstat nope: no such file or directory");
    assertThatThrownBy(
            () -> client.bridge().evaluate(EvaluateRequest.newBuilder().setRef("x").build()))
        .hasMessageEndingWith("no such ref: x, all [%s]".formatted(id));
    assertThatThrownBy(() ->
            client
                .bridge()
                .readFile(ReadFileRequest.newBuilder().setRef(id).setFilePath("d").build()))
        .hasMessageEndingWith("d is not a regular file");
  }

  @Test
  void oldFormsOfResultsAreUnderstood() throws Exception {
    var definition = Definitions.marshal(Optional.of(TestTrees.some()));
    var request =
        org.jbuildkit.protocol.gateway.SolveRequest.newBuilder().setDefinition(definition);
    var plain = client.bridge().solve(request.build());
    assertThat(plain.getRef()).isNotEmpty();
    assertThat(plain.hasResult()).isFalse();
    var older = client.bridge().solve(request.setAllowResultReturn(true).build());
    assertThat(older.getResult().getRefDeprecated()).isNotEmpty();
    var attributes = "{\"frontend.x\":\"eQ==\"}";
    var _ =
        client
            .bridge()
            .solve(
                request
                    .setFinal(true)
                    .setExporterAttr(ByteString.copyFromUtf8(attributes))
                    .build());
    assertThat(client.outcome().get().getExporterResponseMap()).containsEntry("frontend.x", "y");
  }

  @Test
  void inputsAreHandedToTheFrontend() throws Exception {
    try (var other =
        new GatewayClient(
            daemon,
            SolveRequest.newBuilder()
                .putFrontendInputs(
                    "in",
                    Definition.newBuilder()
                        .putMetadata("m", OpMetadata.getDefaultInstance())
                        .build()))) {
      var inputs = other.bridge().inputs(InputsRequest.getDefaultInstance());
      assertThat(inputs.getDefinitionsMap()).containsOnlyKeys("in");
      other.finish();
    }
  }

  @Test
  void aResultIsReturnedOnce() {
    assertThatThrownBy(() -> client.bridge().return_(ReturnRequest.getDefaultInstance()))
        .hasMessageEndingWith("gateway return must be either result or err");
    assertThatThrownBy(() ->
            client
                .bridge()
                .return_(
                    ReturnRequest.newBuilder()
                        .setResult(Result.newBuilder().setRef(Ref.newBuilder().setId("x")))
                        .build()))
        .hasMessageEndingWith("return reference x not found");
    client.finish();
  }

  @Test
  void attestationsWithoutWordsAreRefused() throws Exception {
    try (var other =
        new GatewayClient(
            daemon,
            SolveRequest.newBuilder()
                .addExporters(
                    org.jbuildkit.protocol.control.Exporter.newBuilder().setType("image")))) {
      var id = other.solve(TestTrees.some());
      var attestation = Attestation.newBuilder().setRef(Ref.getDefaultInstance()).setPath("/x");
      var _ =
          other
              .bridge()
              .return_(
                  ReturnRequest.newBuilder()
                      .setResult(
                          Result.newBuilder()
                              .setRef(Ref.newBuilder().setId(id))
                              .putAttestations(
                                  "linux/amd64",
                                  Attestations.newBuilder().addAttestation(attestation).build()))
                      .build());
      assertThatThrownBy(() -> other.outcome().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("attestation does not have available content");
    }
  }

  @Test
  void warningsNameAVertex() {
    assertThatThrownBy(() -> client.bridge().warn(WarnRequest.newBuilder().setDigest("x").build()))
        .isInstanceOf(StatusRuntimeException.class);
    var digest = "sha256:" + "a".repeat(64);
    var warning = WarnRequest.newBuilder().setDigest(digest).addRanges(Range.getDefaultInstance());
    assertThat(client.bridge().warn(warning.build())).isEqualTo(WarnResponse.getDefaultInstance());
  }

  @Test
  void frontendsThatAreNotThereAreNamed() {
    var request = org.jbuildkit.protocol.gateway.SolveRequest.newBuilder();
    assertThatThrownBy(() -> client.bridge().solve(request.setFrontend("nope.v0").build()))
        .hasMessageEndingWith("invalid frontend: nope.v0");
    assertThatThrownBy(() -> client.bridge().solve(request.setFrontend("gateway.v0").build()))
        .hasMessageEndingWith("no source specified for gateway");
  }
}
