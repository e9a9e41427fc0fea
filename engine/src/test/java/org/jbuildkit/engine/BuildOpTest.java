package org.jbuildkit.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.BuildInput;
import org.jbuildkit.protocol.pb.BuildOp;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.NetMode;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.SecurityMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Definitions that come out of builds. */
class BuildOpTest {
  private static final String DEFINITION = "buildkit.llb.definition";

  @TempDir Path folder;
  private TestEngine engine;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    engine = TestEngine.open(folder, (_, _) -> 0);
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private static LlbEdge vertex(Op.Builder op, LlbEdge... inputs) {
    return LlbVertex.of(op.build(), List.of(inputs), OpMetadata.getDefaultInstance(), List.of())
        .output(0);
  }

  private static LlbEdge file(String path, byte[] data) {
    var content = FileActionMkFile.newBuilder().setPath(path).setMode(0644).setTimestamp(-1);
    var action =
        FileAction.newBuilder()
            .setInput(-1)
            .setSecondaryInput(-1)
            .setMkfile(content.setData(ByteString.copyFrom(data)));
    return vertex(Op.newBuilder().setFile(FileOp.newBuilder().addActions(action)));
  }

  private static LlbEdge definitionOf(LlbEdge inner, String path) {
    return file(path, Definitions.marshal(Optional.of(inner)).toByteArray());
  }

  private static BuildOp.Builder build(long input) {
    return BuildOp.newBuilder()
        .setBuilder(-1)
        .putInputs(DEFINITION, BuildInput.newBuilder().setInput(input).build());
  }

  private void fails(BuildOp.Builder op, LlbEdge input, String text) {
    assertThatThrownBy(() -> engine.build(vertex(Op.newBuilder().setBuild(op), input), _ -> {}))
        .hasMessage(text);
  }

  @Test
  void theDefinitionInAFileOfTheInputIsBuilt() throws Exception {
    var inner = file("/made", "inside".getBytes(UTF_8));
    var result = vertex(Op.newBuilder().setBuild(build(0)), definitionOf(inner, "/" + DEFINITION));
    var job = engine.build(result, root -> assertThat(root.resolve("made")).hasContent("inside"));
    assertThat(TestEngine.ran(job)).contains("mkfile /made", "build");
    var again = engine.build(result, root -> assertThat(root.resolve("made")).exists());
    assertThat(TestEngine.ran(again)).doesNotContain("mkfile /made", "build");
  }

  @Test
  void buildsMayBuildWhatBuildsMore() throws Exception {
    var inner = file("/made", new byte[0]);
    for (int i = 0; i < 3; i++) {
      inner = vertex(Op.newBuilder().setBuild(build(0)), definitionOf(inner, "/" + DEFINITION));
    }
    engine.build(inner, root -> assertThat(root.resolve("made")).exists());
  }

  @Test
  void anotherFileMayBeNamed() throws Exception {
    var input = definitionOf(file("/made", new byte[0]), "/other");
    var named = build(0).putAttrs("llbbuild.filename", "other");
    engine.build(
        vertex(Op.newBuilder().setBuild(named), input),
        root -> assertThat(root.resolve("made")).exists());
  }

  @Test
  void opsThatMakeNoSenseAreRefusedWithUpstreamsTexts() {
    var input = file("/x", new byte[0]);
    fails(build(0).setBuilder(0), input, "only LLB builder is currently allowed");
    fails(build(0).clearInputs(), input, "no llb definition input buildkit.llb.definition found");
    fails(build(1), input, "invalid index 1");
    fails(build(-1), input, "invalid index -1");
    fails(
        build(0),
        input,
        "failed to open buildkit.llb.definition: open buildkit.llb.definition:"
            + " no such file or directory");
  }

  /** CVE-2024-23653: a second way to run steps forgot what the first one checks. */
  @Test
  void stepsInsideOfBuildsNeedTheSameGrants() {
    var step =
        ExecOp.newBuilder()
            .setMeta(Meta.newBuilder().addArgs("x").setCwd("/"))
            .addMounts(Mount.newBuilder().setDest("/"));
    var tree = file("/x", new byte[0]);
    var host = vertex(Op.newBuilder().setExec(step.setNetwork(NetMode.HOST)), tree);
    fails(
        build(0),
        definitionOf(host, "/" + DEFINITION),
        "failed to load LLB: network.host is not allowed");
    step.setNetwork(NetMode.UNSET).setSecurity(SecurityMode.INSECURE);
    var insecure = vertex(Op.newBuilder().setExec(step), tree);
    fails(
        build(0),
        definitionOf(insecure, "/" + DEFINITION),
        "failed to load LLB: security.insecure is not allowed");
  }

  @Test
  void definitionsThatAreNoneAreRefused() {
    fails(
        build(0),
        file("/" + DEFINITION, new byte[0]),
        "failed to load LLB: invalid empty definition");
    assertThatThrownBy(() ->
            engine.build(
                vertex(
                    Op.newBuilder().setBuild(build(0)), file("/" + DEFINITION, new byte[] {10, 9})),
                _ -> {}))
        .hasMessageStartingWith("failed to parse buildkit.llb.definition: ");
  }
}
