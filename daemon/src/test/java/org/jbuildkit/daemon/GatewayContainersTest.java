package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.Json;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.gateway.EvaluateRequest;
import org.jbuildkit.protocol.gateway.ExecMessage;
import org.jbuildkit.protocol.gateway.FdMessage;
import org.jbuildkit.protocol.gateway.InitMessage;
import org.jbuildkit.protocol.gateway.NewContainerRequest;
import org.jbuildkit.protocol.gateway.ReadFileRequest;
import org.jbuildkit.protocol.gateway.ReleaseContainerRequest;
import org.jbuildkit.protocol.gateway.ResizeMessage;
import org.jbuildkit.protocol.gateway.SignalMessage;
import org.jbuildkit.protocol.gateway.StatFileRequest;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers that clients ask the gateway for, really run. */
@Timeout(60)
class GatewayContainersTest {
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
  void failedStepsTellWhatTheyLeftAndItCanBeMounted() throws Exception {
    var edge = TestTrees.run(TestTrees.busybox(), "echo left > /made; exit 7");
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

  @Test
  void failedFileActionsAreNamedByTheirIndex() {
    var id = client.solve(TestTrees.removal());
    var error =
        catchThrowable(
            () -> client.bridge().evaluate(EvaluateRequest.newBuilder().setRef(id).build()));
    var status = java.util.Objects.requireNonNull(StatusProto.fromThrowable(error));
    var solve = Json.parseObject(status.getDetails(0).getValue().toByteArray());
    assertThat(solve.object("file").text("index")).isEqualTo("1");
    assertThat(solve.texts("mountIDs")).hasSize(2);
    create("debug", solve.texts("mountIDs").get(1));
    assertThat(
            client
                .bridge()
                .statFileContainer(
                    StatFileRequest.newBuilder().setRef("debug").setPath("/made").build())
                .getStat()
                .getPath()
                .toStringUtf8())
        .isEqualTo("made");
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
    create("c", client.solve(TestTrees.busybox()));
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
    create("c", client.solve(TestTrees.busybox()));
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
    create("c", client.solve(TestTrees.busybox()));
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
    create("c", client.solve(TestTrees.busybox()));
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

  /** CVE-2024-23653: containers of frontends forgot what steps are checked for. */
  @Test
  void theHostsNetworkIsNotForContainersThatWereNotGrantedIt() throws Exception {
    var tree = client.solve(TestTrees.busybox());
    for (int mode : new int[] {NetMode.HOST_VALUE, 77}) {
      var request =
          NewContainerRequest.newBuilder()
              .setContainerID("host" + mode)
              .addMounts(Mount.newBuilder().setDest("/").setResultID(tree))
              .setNetworkValue(mode)
              .build();
      assertThatThrownBy(() -> client.bridge().newContainer(request))
          .hasMessageMatching("(?s).*(network.host is not allowed|unknown network mode).*");
    }
  }

  /** CVE-2026-41579, at the second way to run processes. */
  @Test
  void aContainersDevIsNoLink() throws Exception {
    create("c", client.solve(TestTrees.files(TestTrees.link("/dev", "/tmp"))));
    assertThatThrownBy(() -> talk(shell("c", "true"), "")).hasMessageContaining("/dev is a link");
  }

  @Test
  void aBuildThatEndsTakesItsContainersAlong() throws Exception {
    create("c", client.solve(TestTrees.busybox()));
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
}
