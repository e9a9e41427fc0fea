package org.jbuildkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CVE-2024-9675: the id of a cache mount became part of a path. Here it is a key of a table. */
class CacheMountIdsTest {
  private static final String NAME = "escaped";
  private static final String FILE = "left";

  /** Stands for a folder outside of the daemon's. */
  private static final String HOST = "<host>";

  @TempDir Path folder;
  private final List<Path> sources = new ArrayList<>();
  private final List<Boolean> found = new ArrayList<>();
  private Path state;
  private Path host;
  private TestEngine engine;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    state = Files.createDirectories(folder.resolve("above/state"));
    host = Files.createDirectories(folder.resolve("above/host"));
    Files.writeString(host.resolve(FILE), "the host's");
    engine = TestEngine.open(state, (process, _) -> step(process));
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private int step(ContainerProcess process) throws IOException {
    var mount = (ContainerMount.Bind) process.mounts().getFirst();
    sources.add(mount.source().toRealPath());
    found.add(Files.exists(mount.source().resolve(FILE)));
    Files.writeString(mount.source().resolve(FILE), "the step's");
    return 0;
  }

  private static Stream<String> ids() {
    return Stream.of(
        "../../" + NAME,
        "../".repeat(40) + HOST,
        HOST,
        "/" + NAME,
        "..",
        ".",
        NAME + "/../" + NAME + "2",
        NAME + "\0",
        "--" + NAME + "=$(touch " + NAME + ")\n",
        NAME.repeat(100_000));
  }

  private static LlbEdge edge(Op.Builder op, List<LlbEdge> inputs) {
    return LlbVertex.of(op.build(), inputs, OpMetadata.getDefaultInstance(), List.of()).output(0);
  }

  private void run(String id, CacheSharingOpt sharing) throws Exception {
    var text = FileActionMkFile.newBuilder().setPath("/a").setData(ByteString.EMPTY);
    var action = FileAction.newBuilder().setInput(-1).setSecondaryInput(-1).setMkfile(text);
    var tree = edge(Op.newBuilder().setFile(FileOp.newBuilder().addActions(action)), List.of());
    var cache = CacheOpt.newBuilder().setID(id).setSharing(sharing);
    var exec =
        ExecOp.newBuilder()
            .setMeta(Meta.newBuilder().addArgs("step " + sources.size()).setCwd("/"))
            .addMounts(Mount.newBuilder().setDest("/"))
            .addMounts(
                Mount.newBuilder()
                    .setInput(-1)
                    .setOutput(-1)
                    .setDest("/c")
                    .setMountType(MountType.CACHE)
                    .setCacheOpt(cache));
    engine.build(edge(Op.newBuilder().setExec(exec), List.of(tree)), _ -> {});
  }

  @ParameterizedTest
  @MethodSource("ids")
  void idsAreNoPathsAndMeanThemselvesOnly(String text) throws Exception {
    var id = text.replace(HOST, host.toString());
    for (var sharing : List.of(CacheSharingOpt.SHARED, CacheSharingOpt.LOCKED)) {
      run(id, sharing);
    }
    run("/" + id, CacheSharingOpt.PRIVATE);
    run(id + "/.", CacheSharingOpt.SHARED);
    assertThat(found).containsExactly(false, true, false, false);
    assertThat(sources).allMatch(source -> source.startsWith(state));
    assertThat(host.resolve(FILE)).hasContent("the host's");
    assertThat(folder.toFile().list()).containsExactly("above");
    assertThat(folder.resolve("above").toFile().list()).containsExactlyInAnyOrder("state", "host");
    try (var files = Files.walk(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains(NAME));
    }
  }
}
