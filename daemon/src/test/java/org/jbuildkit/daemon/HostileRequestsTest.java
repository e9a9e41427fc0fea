package org.jbuildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jbuildkit.daemon.config.DaemonConfig;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.InfoRequest;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.UpdateBuildHistoryRequest;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.PassthroughOp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients and frontends that ask for what ends a build, and must not end the daemon. */
@Timeout(120)
class HostileRequestsTest {
  private static final int DEPTH = 3_000;
  private static final int UNKNOWN = 77;

  @TempDir static Path folder;
  private static EmbeddedBuildkit daemon;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "the daemon mounts: needs root");
    daemon = EmbeddedBuildkit.start(DaemonConfig.embedded(folder.resolve("state/root")));
    channel = daemon.openChannel();
  }

  @AfterAll
  static void stop() {
    if (channel != null) {
      channel.shutdownNow();
      daemon.close();
    }
  }

  private static ControlGrpc.ControlBlockingStub control() {
    return ControlGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static void solve(Definition definition) {
    var _ =
        control().solve(SolveRequest.newBuilder().setRef("r").setDefinition(definition).build());
  }

  private static Definition definition(LlbEdge edge) {
    return Definitions.marshal(Optional.of(edge));
  }

  @AfterEach
  void theDaemonServesOthers() {
    if (channel != null) {
      assertThat(control().info(InfoRequest.getDefaultInstance()).hasBuildkitVersion()).isTrue();
      solve(definition(TestTrees.some()));
    }
  }

  private static Definition dockerfile(String text) {
    return definition(
        TestTrees.files(TestTrees.file("/Dockerfile", ByteString.copyFromUtf8(text), 0644)));
  }

  private static void convert(String dockerfile) {
    var _ =
        control()
            .solve(
                SolveRequest.newBuilder()
                    .setRef("d")
                    .setFrontend("dockerfile.v0")
                    .putFrontendInputs("dockerfile", dockerfile(dockerfile))
                    .putFrontendInputs("context", definition(TestTrees.some()))
                    .build());
  }

  /** CVE-2024-23650: what nests too deeply ends its build with an answer. */
  @Test
  void variablesThatNestWithoutEndEndTheirBuildOnly() {
    var nested = "${a:-".repeat(8_000) + "}".repeat(8_000);
    assertThatThrownBy(() -> convert("FROM scratch\nARG x=" + nested + "\nLABEL a=$x\n"))
        .isInstanceOf(StatusRuntimeException.class)
        .message()
        .contains("nested too deep");
  }

  @Test
  void listsThatNestWithoutEndEndTheirBuildOnly() {
    assertThatThrownBy(() -> convert("FROM scratch\nRUN " + "[".repeat(500_000) + "\n"))
        .isInstanceOf(StatusRuntimeException.class)
        .message()
        .doesNotContain("DEADLINE", "StackOverflow");
  }

  @Test
  void aGraphThatIsThousandsDeepIsBuiltOrRefused() {
    var edge = TestTrees.some();
    for (int i = 0; i < DEPTH; i++) {
      var op = PassthroughOp.newBuilder().setId("p" + i).addOutputs(0);
      edge = TestTrees.edge(Op.newBuilder().setPassthrough(op), List.of(edge));
    }
    var deep = definition(edge);
    try {
      solve(deep);
    } catch (StatusRuntimeException e) {
      assertThat(e).message().doesNotContain("DEADLINE", "StackOverflow");
    }
  }

  /** CVE-2024-23650, and what v0.31.2 closed: numbers that lead out of lists. */
  @ParameterizedTest
  @ValueSource(longs = {-1, -2, 1, 77, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32})
  void inputsThatAreNotThereAreRefused(long index) {
    var root = Mount.newBuilder().setDest("/").setInput(index < 0 ? Long.MIN_VALUE : index);
    var exec =
        ExecOp.newBuilder().setMeta(Meta.newBuilder().addArgs("x").setCwd("/")).addMounts(root);
    var run = TestTrees.edge(Op.newBuilder().setExec(exec), List.of(TestTrees.some()));
    var _ = refused(definition(run));
    var remove =
        TestTrees.files(
            FileAction.newBuilder().setRm(FileActionRm.newBuilder().setPath("/../../x")));
    var _ = refused(definition(remove));
    var fed = definition(TestTrees.some()).toBuilder();
    int last = fed.getDefCount() - 1;
    try {
      var op = Op.parseFrom(fed.getDef(last)).toBuilder();
      op.setInputs(0, Input.newBuilder(op.getInputs(0)).setIndex(index == 1 ? 1 : index));
      var _ = refused(fed.setDef(last, op.build().toByteString()).build());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static ExecOp.Builder step(Mount.Builder... more) {
    var root = Mount.newBuilder().setDest("/");
    var exec = ExecOp.newBuilder().setMeta(Meta.newBuilder().addArgs("x").setCwd("/"));
    exec.addMounts(root);
    for (var mount : more) {
      exec.addMounts(mount);
    }
    return exec;
  }

  private static Mount.Builder nothing() {
    return Mount.newBuilder().setInput(-1).setOutput(-1).setDest("/m");
  }

  /** GHSA-7236-3392-c5c6: a number that means nothing took the walls down. */
  @Test
  void numbersThatMeanNothingAreRefused() {
    var cache = CacheOpt.newBuilder().setID("c").setSharingValue(UNKNOWN);
    var steps =
        List.of(
            step().setSecurityValue(UNKNOWN),
            step().setNetworkValue(UNKNOWN),
            step(nothing().setMountTypeValue(UNKNOWN)),
            step(nothing().setMountType(MountType.CACHE).setCacheOpt(cache)),
            step(nothing().setInput(0).setContentCacheValue(UNKNOWN)));
    for (var step : steps) {
      var run = TestTrees.edge(Op.newBuilder().setExec(step), List.of(TestTrees.some()));
      var refusal = refused(definition(run));
      assertThat(refusal).containsPattern("(mode|type|option|content cache):? (77|UNRECOGNIZED)");
    }
  }

  private static String refused(Definition definition) {
    var error = catchThrowableOfType(StatusRuntimeException.class, () -> solve(definition));
    assertThat(error)
        .isNotNull()
        .message()
        .doesNotContain("DEADLINE")
        .doesNotContainPattern("Exception|Error:|out of bounds|Cannot invoke|No value present");
    return String.valueOf(error.getMessage());
  }

  /** CVE-2026-33747: names from outside became parts of paths. */
  @ParameterizedTest
  @ValueSource(strings = {"../../escaped", "/escaped", "..", "a/../../../escaped", "escaped\0x"})
  void namesFromOutsideAreNoPaths(String name) throws IOException {
    var tree = definition(TestTrees.some());
    try {
      var _ = control().solve(SolveRequest.newBuilder().setRef(name).setDefinition(tree).build());
      control()
          .listenBuildHistory(
              BuildHistoryRequest.newBuilder().setRef(name).setEarlyExit(true).build())
          .forEachRemaining(record -> assertThat(record.getRecord().getRef()).isEqualTo(name));
      var _ =
          control()
              .updateBuildHistory(
                  UpdateBuildHistoryRequest.newBuilder().setRef(name).setDelete(true).build());
    } catch (StatusRuntimeException e) {
      assertThat(e).message().doesNotContain("DEADLINE");
    }
    try (var files = Files.walk(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .noneMatch(file -> file.contains("escaped"));
    }
    assertThat(folder.toFile().list()).containsExactly("state");
    assertThat(folder.resolve("state").toFile().list()).containsExactly("root");
  }
}
