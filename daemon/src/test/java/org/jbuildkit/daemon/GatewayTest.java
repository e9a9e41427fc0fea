package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jbuildkit.base.Json;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.fsutil.Stat;
import org.jbuildkit.protocol.gateway.Attestation;
import org.jbuildkit.protocol.gateway.Attestations;
import org.jbuildkit.protocol.gateway.EvaluateRequest;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.FdMessage;
import org.jbuildkit.protocol.gateway.FileRange;
import org.jbuildkit.protocol.gateway.InitMessage;
import org.jbuildkit.protocol.gateway.InputsRequest;
import org.jbuildkit.protocol.gateway.NewContainerRequest;
import org.jbuildkit.protocol.gateway.ReadDirRequest;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.Ref;
import org.jbuildkit.protocol.gateway.ReleaseContainerRequest;
import org.jbuildkit.protocol.gateway.ResizeMessage;
import org.jbuildkit.protocol.gateway.Result;
import org.jbuildkit.protocol.gateway.ReturnRequest;
import org.jbuildkit.protocol.gateway.SignalMessage;
import org.jbuildkit.protocol.gateway.StatFileRequest;
import org.jbuildkit.protocol.gateway.WarnRequest;
import org.jbuildkit.protocol.gateway.WarnResponse;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionSymlink;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Range;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose builds are driven by a client over the gateway, with real containers. */
@Timeout(20)
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

  private static LlbEdge files(FileAction.Builder... actions) {
    var op = FileOp.newBuilder();
    for (int i = 0; i < actions.length; i++) {
      op.addActions(
          actions[i]
              .setInput(i - 1)
              .setSecondaryInput(-1)
              .setOutput(i == actions.length - 1 ? 0 : -1));
    }
    return edge(Op.newBuilder().setFile(op), List.of());
  }

  private static LlbEdge edge(Op.Builder op, List<LlbEdge> inputs) {
    return LlbVertex.of(op.build(), inputs, OpMetadata.getDefaultInstance(), List.of()).output(0);
  }

  private static FileAction.Builder file(String path, ByteString data, int mode) {
    return FileAction.newBuilder()
        .setMkfile(
            FileActionMkFile.newBuilder()
                .setPath(path)
                .setMode(mode)
                .setData(data)
                .setTimestamp(-1));
  }

  private static FileAction.Builder dir(String path) {
    return FileAction.newBuilder()
        .setMkdir(FileActionMkDir.newBuilder().setPath(path).setMode(0755).setTimestamp(-1));
  }

  private static FileAction.Builder link(String path, String target) {
    return FileAction.newBuilder()
        .setSymlink(
            FileActionSymlink.newBuilder().setNewpath(path).setOldpath(target).setTimestamp(-1));
  }

  private static LlbEdge some() {
    return files(
        dir("/d"),
        file("/d/a.txt", ByteString.copyFromUtf8("hello"), 0644),
        file("/d/b", ByteString.EMPTY, 0600),
        dir("/d/sub"),
        link("/l", "d/a.txt"));
  }

  private static LlbEdge busybox() throws Exception {
    var program = ByteString.copyFrom(Files.readAllBytes(BUSYBOX));
    return files(dir("/bin"), file("/bin/sh", program, 0755));
  }

  private static LlbEdge run(LlbEdge root, String script) {
    var exec =
        ExecOp.newBuilder()
            .setMeta(Meta.newBuilder().addArgs("/bin/sh").addArgs("-c").addArgs(script).setCwd("/"))
            .addMounts(Mount.newBuilder().setDest("/").setOutput(0));
    return edge(Op.newBuilder().setExec(exec), List.of(root));
  }

  @Test
  void foldersAndFilesOfTreesAreLookedAt() throws Exception {
    var id = client.solve(some());
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
    var id = client.solve(some());
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
  void failedStepsTellWhatTheyLeftAndItCanBeMounted() throws Exception {
    var edge = run(busybox(), "echo left > /made; exit 7");
    var id = client.solve(edge);
    var error =
        catchThrowable(
            () -> client.bridge().evaluate(EvaluateRequest.newBuilder().setRef(id).build()));
    assertThat(error).hasMessageContaining("exit code: 7");
    var status = java.util.Objects.requireNonNull(StatusProto.fromThrowable(error));
    assertThat(status.getDetailsList())
        .extracting(any -> any.getTypeUrl().replaceAll(".*\\.(\\w+)\\+json", "$1"))
        .containsExactly("Solve", "Vertex", "ExitMessage");
    var solve = Json.parseObject(status.getDetails(0).getValue().toByteArray());
    assertThat(solve.object("op").object("exec").members()).isNotEmpty();
    var left = solve.texts("mountIDs").getFirst();
    assertThat(left).contains("::");
    create("debug", left);
    assertThat(talk(shell("debug", "cat /made"), "")).contains("1:left\n");
  }

  private void create(String id, String tree) {
    var _ =
        client
            .bridge()
            .newContainer(
                NewContainerRequest.newBuilder()
                    .setContainerID(id)
                    .addMounts(Mount.newBuilder().setDest("/").setResultID(tree))
                    .addMounts(Mount.newBuilder().setDest("/tmp").setMountType(MountType.TMPFS))
                    .setNetwork(NetMode.NONE)
                    .setHostname("guest")
                    .build());
  }

  private static InitMessage.Builder shell(String container, String script) {
    return InitMessage.newBuilder()
        .setContainerID(container)
        .setMeta(Meta.newBuilder().addArgs("/bin/sh").addArgs("-c").addArgs(script))
        .addFds(0)
        .addFds(1)
        .addFds(2);
  }

  private static ExecMessage.Builder message() {
    return ExecMessage.newBuilder().setProcessID("p");
  }

  /** Runs a process in a call of its own; its messages as texts. */
  private List<String> talk(InitMessage.Builder init, String input) throws Exception {
    var seen = new ArrayList<String>();
    try (var stream = client.exec()) {
      stream.send(message().setInit(init).build());
      if (init.getFdsList().contains(0)) {
        var data = FdMessage.newBuilder().setData(ByteString.copyFromUtf8(input)).setEOF(true);
        stream.send(message().setFile(data).build());
      }
      for (var got = stream.receive(); got.isPresent(); got = stream.receive()) {
        seen.add(text(got.get()));
        if (got.get().hasDone()) {
          stream.halfClose();
        }
      }
    }
    return seen;
  }

  private static String text(ExecMessage message) {
    return switch (message.getInputCase()) {
      case FILE ->
          message.getFile().getFd()
              + (message.getFile().getEOF() ? ":EOF" : ":")
              + message.getFile().getData().toStringUtf8();
      case EXIT ->
          "exit " + message.getExit().getCode() + message.getExit().getError().getMessage();
      default -> message.getInputCase().name();
    };
  }

  @Test
  void aProcessIsTalkedToFromItsStartToDone() throws Exception {
    create("c", client.solve(busybox()));
    var seen = talk(shell("c", "hostname; cat; echo err >&2; exit 3"), "in");
    assertThat(String.join(",", seen))
        .startsWith("STARTED,")
        .contains("1:guest\n")
        .contains("in,")
        .contains("2:err\n")
        .contains("exit 3exit code: 3,")
        .contains("1:EOF")
        .contains("2:EOF")
        .endsWith(",DONE");
    // The container lives as long as its first process.
    assertThatThrownBy(() -> talk(shell("c", "true"), "")).hasMessageContaining("has stopped");
  }

  @Test
  void manyProcessesShareOneCallAndTheContainer() throws Exception {
    create("c", client.solve(busybox()));
    try (var stream = client.exec()) {
      stream.send(message().setInit(shell("c", "cat > /tmp/x; sleep 1000")).build());
      assertThat(text(stream.receive().orElseThrow())).isEqualTo("STARTED");
      stream.send(
          ExecMessage.newBuilder()
              .setProcessID("q")
              .setInit(shell("c", "echo hi; read a; exit 5").setTty(true))
              .build());
      var seen = new StringBuilder();
      while (seen.indexOf("hi\r\n") < 0) {
        seen.append(text(stream.receive().orElseThrow()));
      }
      stream.send(
          ExecMessage.newBuilder()
              .setProcessID("q")
              .setResize(ResizeMessage.newBuilder().setRows(10).setCols(20))
              .build());
      stream.send(
          ExecMessage.newBuilder()
              .setProcessID("q")
              .setFile(FdMessage.newBuilder().setData(ByteString.copyFromUtf8("x\n")))
              .build());
      while (seen.indexOf("exit 5") < 0) {
        seen.append(text(stream.receive().orElseThrow()));
      }
      stream.send(message().setSignal(SignalMessage.newBuilder().setName("KILL")).build());
      stream.halfClose();
      for (var got = stream.receive(); got.isPresent(); got = stream.receive()) {
        seen.append(text(got.get())).append(',');
      }
      assertThat(seen.toString()).contains("exit 137exit code: 137,").contains("DONE,");
    }
  }

  @Test
  void filesOfRunningContainersAreLookedAt() throws Exception {
    create("c", client.solve(busybox()));
    try (var stream = client.exec()) {
      stream.send(message().setInit(shell("c", "echo text > /new; echo on; sleep 1000")).build());
      while (!text(stream.receive().orElseThrow()).equals("1:on\n")) {
        // until the file is there
      }
      var read = ReadFileRequest.newBuilder().setRef("c").setFilePath("/new").build();
      assertThat(client.bridge().readFileContainer(read).getData().toStringUtf8())
          .isEqualTo("text\n");
      assertThatThrownBy(
              () -> client.bridge().readFileContainer(read.toBuilder().setMountIndex(9).build()))
          .hasMessageEndingWith("mount index 9 is out of bounds (2 available)");
      assertThatThrownBy(
              () -> client.bridge().readFileContainer(read.toBuilder().setFilePath("new").build()))
          .hasMessageEndingWith("can't make new relative to /");
      assertThatThrownBy(
              () -> client.bridge().readFileContainer(read.toBuilder().setRef("x").build()))
          .hasMessageEndingWith("container details for x@0 not found");
      var release = ReleaseContainerRequest.newBuilder().setContainerID("c").build();
      var _ = client.bridge().releaseContainer(release);
      assertThatThrownBy(() -> client.bridge().releaseContainer(release))
          .hasMessageEndingWith("container details for c not found");
    }
    assertThat(folder.resolve("executor/containers")).isEmptyDirectory();
  }

  @Test
  void mistakesEndTheCallAndAreNamed() throws Exception {
    create("c", client.solve(busybox()));
    assertThatThrownBy(() -> create("c", ""))
        .hasMessageContaining("AlreadyExists desc = Container c already exists");
    assertThatThrownBy(() -> create("d", "nope"))
        .hasMessageContaining("failed to find ref nope for \"/\" mount: return reference nope not");
    assertThatThrownBy(() -> talk(shell("x", "true"), ""))
        .hasMessageContaining("container \"x\" previously released or not created");
    try (var stream = client.exec()) {
      stream.send(ExecMessage.getDefaultInstance());
      assertThatThrownBy(stream::receive).hasMessageContaining("ProcessID required");
    }
    try (var stream = client.exec()) {
      stream.send(message().setSignal(SignalMessage.newBuilder().setName("TERM")).build());
      assertThatThrownBy(stream::receive).hasMessageContaining("IO for process \"p\" not found");
    }
    assertThatThrownBy(() -> talk(shell("c", "true").setSecurityValue(77), ""))
        .hasMessageContaining("invalid security mode");
    assertThatThrownBy(() -> talk(shell("c", "true").setSecurity(SecurityMode.INSECURE), ""))
        .hasMessageContaining("security.insecure is not allowed");
  }

  @Test
  void aBuildThatEndsTakesItsContainersAlong() throws Exception {
    create("c", client.solve(busybox()));
    try (var stream = client.exec()) {
      stream.send(message().setInit(shell("c", "echo on; sleep 1000")).build());
      while (!text(stream.receive().orElseThrow()).equals("1:on\n")) {
        // until it runs
      }
      client.finish();
      assertThat(client.outcome().get().getExporterResponseMap()).isEmpty();
      assertThat(folder.resolve("executor/containers")).isEmptyDirectory();
      assertThat(folder.resolve("executor/mounts")).isEmptyDirectory();
    }
  }

  @Test
  void oldFormsOfResultsAreUnderstood() throws Exception {
    var definition = Definitions.marshal(Optional.of(some()));
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
  void attestationsThatNoExporterWritesAreRefused() throws Exception {
    try (var other =
        new GatewayClient(
            daemon,
            SolveRequest.newBuilder()
                .addExporters(
                    org.jbuildkit.protocol.control.Exporter.newBuilder().setType("image")))) {
      var id = other.solve(some());
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
          .hasMessageContaining("attestations are not supported");
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
