package org.jbuildkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jbuildkit.engine.exec.ContainerMount;
import org.jbuildkit.engine.exec.ContainerProcess;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.CacheOpt;
import org.jbuildkit.protocol.pb.CacheSharingOpt;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.MountType;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Platform;
import org.jbuildkit.protocol.pb.SecretOpt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exec ops mount, keep and are known by; the processes are written in Java. */
class ExecOpTest {
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  @TempDir Path folder;
  private TestEngine engine;
  private Script script = (_, _) -> 0;
  private final AtomicInteger runs = new AtomicInteger();

  /** Stands for a process: changes files below the places that it sees. */
  private interface Script {
    int run(ContainerProcess process, Path root) throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    engine =
        TestEngine.open(
            folder,
            (process, _) -> {
              runs.incrementAndGet();
              return script.run(process, process.root());
            });
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private static LlbEdge file(String path, String text) {
    var action =
        FileAction.newBuilder()
            .setInput(-1)
            .setSecondaryInput(-1)
            .setMkfile(
                FileActionMkFile.newBuilder()
                    .setPath(path)
                    .setMode(0644)
                    .setData(ByteString.copyFromUtf8(text))
                    .setTimestamp(-1));
    return edge(Op.newBuilder().setFile(FileOp.newBuilder().addActions(action)).build(), List.of());
  }

  private static LlbEdge edge(Op op, List<LlbEdge> inputs) {
    return LlbVertex.of(op, inputs, OpMetadata.getDefaultInstance(), List.of()).output(0);
  }

  private static Mount.Builder root(int input) {
    return Mount.newBuilder().setInput(input).setDest("/").setOutput(0);
  }

  private static Mount.Builder cache(String dest, String id, CacheSharingOpt sharing) {
    return Mount.newBuilder()
        .setInput(-1)
        .setOutput(-1)
        .setDest(dest)
        .setMountType(MountType.CACHE)
        .setCacheOpt(CacheOpt.newBuilder().setID(id).setSharing(sharing));
  }

  private static Meta.Builder meta(String command) {
    return Meta.newBuilder().addArgs("/bin/sh").addArgs("-c").addArgs(command).setCwd("/");
  }

  private static LlbEdge exec(List<LlbEdge> inputs, Meta.Builder meta, Mount.Builder... mounts) {
    var exec = ExecOp.newBuilder().setMeta(meta);
    for (var mount : mounts) {
      exec.addMounts(mount);
    }
    return edge(op(exec), inputs);
  }

  private static Op op(ExecOp.Builder exec) {
    return Op.newBuilder()
        .setExec(exec)
        .setPlatform(Platform.newBuilder().setOS("linux").setArchitecture("amd64"))
        .build();
  }

  private static Path source(ContainerProcess process, String destination) {
    return process.mounts().stream()
        .filter(mount -> mount.destination().equals(destination))
        .map(mount -> ((ContainerMount.Bind) mount).source())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theRootIsChangedInACopyAndCommitted() throws Exception {
    script = (_, root) -> Files.writeString(root.resolve("b"), "new").toString().isEmpty() ? 1 : 0;
    var result = exec(List.of(file("/a", "old")), meta("make b"), root(0));
    engine.build(
        result,
        root -> {
          assertThat(root.resolve("a")).hasContent("old");
          assertThat(root.resolve("b")).hasContent("new");
        });
    engine.build(result, root -> assertThat(root.resolve("b")).hasContent("new"));
    assertThat(runs).as("the second build finds the first one's result").hasValue(1);
  }

  @Test
  void aFailedStepTellsItsStatusAndRunsAgain() throws Exception {
    script = (_, _) -> 3;
    var result = exec(List.of(file("/a", "old")), meta("exit 3"), root(0));
    for (int i = 1; i <= 2; i++) {
      assertThatThrownBy(() -> engine.build(result, _ -> {}))
          .hasMessage("process \"/bin/sh -c exit 3\" did not complete successfully: exit code: 3");
    }
    assertThat(runs).hasValue(2);
  }

  @Test
  void onlyTheListedStatusesAreSuccess() throws Exception {
    script = (_, _) -> 3;
    var meta = meta("exit 3").addValidExitCodes(3);
    engine.build(exec(List.of(file("/a", "old")), meta, root(0)), _ -> {});
    script = (_, _) -> 0;
    var other = meta("exit 0").addValidExitCodes(3);
    assertThatThrownBy(
            () -> engine.build(exec(List.of(file("/a", "old")), other, root(0)), _ -> {}))
        .hasMessageEndingWith("exit code: 0");
  }

  @Test
  void cacheMountsKeepTheirFilesBetweenStepsAndOutOfLayers() throws Exception {
    script =
        (process, _) -> {
          var counter = source(process, "/c").resolve("count");
          Files.writeString(
              counter, (Files.exists(counter) ? Files.readString(counter) : "") + "x");
          return 0;
        };
    for (int i = 1; i <= 3; i++) {
      var step = exec(List.of(file("/a", "a")), meta("step " + i), root(0), shared("/c"));
      engine.build(step, root -> assertThat(root.resolve("c")).doesNotExist());
    }
    script =
        (process, _) -> {
          assertThat(source(process, "/c").resolve("count")).hasContent("xxx");
          return 0;
        };
    engine.build(exec(List.of(file("/a", "a")), meta("look"), root(0), shared("/c")), _ -> {});
  }

  private static Mount.Builder shared(String path) {
    return cache(path, path, CacheSharingOpt.SHARED);
  }

  @Test
  void aCacheMountIsRenewedForAStepThatIgnoresTheCache() throws Exception {
    script = (process, _) -> write(source(process, "/c").resolve("f"));
    engine.build(exec(List.of(file("/a", "a")), meta("fill"), root(0), shared("/c")), _ -> {});
    script =
        (process, _) -> {
          assertThat(source(process, "/c")).isEmptyDirectory();
          return 0;
        };
    var op =
        op(ExecOp.newBuilder().setMeta(meta("look")).addMounts(root(0)).addMounts(shared("/c")));
    var forced = OpMetadata.newBuilder().setIgnoreCache(true).build();
    engine.build(LlbVertex.of(op, List.of(file("/a", "a")), forced, List.of()).output(0), _ -> {});
  }

  private static int write(Path file) {
    try {
      Files.writeString(file, "x");
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSelectedFolderIsAllThatAStepSeesOfAnInput() throws Exception {
    script =
        (process, _) -> {
          assertThat(source(process, "/seen").resolve("f")).hasContent("in");
          return 0;
        };
    var mount =
        Mount.newBuilder()
            .setInput(1)
            .setOutput(-1)
            .setDest("/seen")
            .setSelector("/")
            .setReadonly(true);
    engine.build(
        exec(List.of(file("/a", "a"), file("/f", "in")), meta("look"), root(0), mount), _ -> {});
    var missing = mount.clone().setSelector("/nope");
    assertThatThrownBy(() ->
            engine.build(
                exec(
                    List.of(file("/a", "a"), file("/f", "in")),
                    meta("look for it"),
                    root(0),
                    missing),
                _ -> {}))
        .hasMessageContaining("\"/nope\": not found");
  }

  @Test
  void whatAStepWritesIntoAReadWriteMountIsDropped() throws Exception {
    script = (process, _) -> write(source(process, "/w").resolve("f"));
    var mount = Mount.newBuilder().setInput(1).setOutput(-1).setDest("/w");
    var other = file("/f", "as it was");
    engine.build(exec(List.of(file("/a", "a"), other), meta("spoil"), root(0), mount), _ -> {});
    engine.build(other, root -> assertThat(root.resolve("f")).hasContent("as it was"));
  }

  @Test
  void theHostsNetworkHasToBeGranted() throws Exception {
    var exec = ExecOp.newBuilder().setMeta(meta("ip")).addMounts(root(0)).setNetwork(NetMode.HOST);
    var result = edge(op(exec), List.of(file("/a", "a")));
    assertThatThrownBy(() -> engine.build(result, _ -> {}))
        .hasMessage("failed to load LLB: network.host is not allowed");
    engine.build(result, Set.of("network.host"), _ -> {});
    assertThat(runs).hasValue(1);
  }

  @Test
  void aSecretThatNobodyCanBeAskedForIsAnError() {
    var secret =
        Mount.newBuilder()
            .setInput(-1)
            .setOutput(-1)
            .setDest("/run/secrets/s")
            .setMountType(MountType.SECRET)
            .setSecretOpt(SecretOpt.newBuilder().setID("s").setMode(0400));
    var result = exec(List.of(file("/a", "a")), meta("cat"), root(0), secret);
    assertThatThrownBy(() -> engine.build(result, _ -> {})).hasMessage("no active sessions");
    assertThat(runs).hasValue(0);
  }

  /** Values of caches that BuildKit exported. */
  @Test
  void keysAreThoseOfBuildKit() throws Exception {
    var plain =
        Meta.newBuilder()
            .addArgs("/bin/sh")
            .addArgs("-c")
            .addArgs("echo hi && true")
            .addEnv(PATH)
            .setCwd("/")
            .setRemoveMountStubsRecursive(true);
    engine.build(exec(List.of(file("/a", "a")), plain, root(0)), _ -> {});
    assertThat(engine.records())
        .contains("sha256:3be9d67de3e534d32a53ec63819727c2b908da5986619d2aa2b7e1226ae424b7");
  }
}
