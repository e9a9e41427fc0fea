package org.jbuildkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.LowerDiffInput;
import org.jbuildkit.protocol.pb.MergeInput;
import org.jbuildkit.protocol.pb.MergeOp;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.UpperDiffInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real graphs over a real store with overlay mounts. */
class BuildEngineTest {
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

  private static LlbEdge file(List<LlbEdge> inputs, FileAction.Builder... actions) {
    var file = FileOp.newBuilder();
    for (int i = 0; i < actions.length; i++) {
      boolean isLast = i == actions.length - 1;
      file.addActions(actions[i].setOutput(isLast ? 0 : -1));
    }
    var op = Op.newBuilder().setFile(file).build();
    return LlbVertex.of(op, inputs, OpMetadata.getDefaultInstance(), List.of()).output(0);
  }

  private static FileAction.Builder write(int input, String path, String text) {
    return FileAction.newBuilder()
        .setInput(input)
        .setSecondaryInput(-1)
        .setMkfile(
            FileActionMkFile.newBuilder()
                .setPath(path)
                .setMode(0644)
                .setData(ByteString.copyFromUtf8(text))
                .setTimestamp(-1));
  }

  private static FileAction.Builder makeDirectory(int input, String path) {
    return FileAction.newBuilder()
        .setInput(input)
        .setSecondaryInput(-1)
        .setMkdir(
            FileActionMkDir.newBuilder()
                .setPath(path)
                .setMode(0755)
                .setMakeParents(true)
                .setTimestamp(-1));
  }

  private static FileAction.Builder copy(int input, int source, String from, String to) {
    return FileAction.newBuilder()
        .setInput(input)
        .setSecondaryInput(source)
        .setCopy(
            FileActionCopy.newBuilder()
                .setSrc(from)
                .setDest(to)
                .setMode(-1)
                .setCreateDestPath(true)
                .setDirCopyContents(true)
                .setAllowWildcard(true)
                .setTimestamp(-1));
  }

  private static FileAction.Builder remove(int input, String path) {
    return FileAction.newBuilder()
        .setInput(input)
        .setSecondaryInput(-1)
        .setRm(FileActionRm.newBuilder().setPath(path));
  }

  @Test
  void fileActionsBuildOnEachOther() throws Exception {
    var base = file(List.of(), makeDirectory(-1, "/d/e"), write(0, "/d/f", "one"));
    var result =
        file(List.of(base), copy(0, 0, "/d", "/copy"), remove(1, "/d/f"), write(2, "/top", "two"));
    engine.build(
        result,
        root -> {
          assertThat(root.resolve("copy/f")).hasContent("one");
          assertThat(root.resolve("copy/e")).isDirectory();
          assertThat(root.resolve("d/f")).doesNotExist();
          assertThat(root.resolve("top")).hasContent("two");
        });
  }

  @Test
  void aSecondBuildRunsNothingButSourceKeys() throws Exception {
    var base = file(List.of(), write(-1, "/a", "a"));
    var result = file(List.of(base), write(0, "/b", "b"));
    engine.build(result, _ -> {});
    var again = engine.build(result, root -> assertThat(root.resolve("b")).hasContent("b"));
    assertThat(TestEngine.ran(again)).containsExactly("mkfile /a");
    close();
    open();
    var afterRestart = engine.build(result, root -> assertThat(root.resolve("a")).hasContent("a"));
    assertThat(TestEngine.ran(afterRestart)).containsExactly("mkfile /a");
  }

  @Test
  void equalContentFromAnotherOpIsFoundByContent() throws Exception {
    var one = file(List.of(), write(-1, "/x", "same"), write(0, "/other", "1"));
    var two = file(List.of(), write(-1, "/x", "same"), write(0, "/other", "2"));
    engine.build(file(List.of(one), copy(-1, 0, "/x", "/y")), _ -> {});
    var other =
        engine.build(
            file(List.of(two), copy(-1, 0, "/x", "/y")),
            root -> assertThat(root.resolve("y")).hasContent("same"));
    assertThat(TestEngine.ran(other)).doesNotContain("copy /x /y");
  }

  @Test
  void mergedTreesLieOnEachOtherAndDifferencesKeepRemovals() throws Exception {
    var lower = file(List.of(), write(-1, "/gone", "g"), write(0, "/kept", "k"));
    var upper = file(List.of(lower), remove(0, "/gone"), write(1, "/new", "n"));
    var other = file(List.of(), write(-1, "/gone", "elsewhere"), write(0, "/third", "t"));
    var diff =
        LlbVertex.of(
                Op.newBuilder()
                    .setDiff(
                        DiffOp.newBuilder()
                            .setLower(LowerDiffInput.newBuilder().setInput(0))
                            .setUpper(UpperDiffInput.newBuilder().setInput(1)))
                    .build(),
                List.of(lower, upper),
                OpMetadata.getDefaultInstance(),
                List.of())
            .output(0);
    var merge =
        LlbVertex.of(
                Op.newBuilder()
                    .setMerge(
                        MergeOp.newBuilder()
                            .addInputs(MergeInput.newBuilder().setInput(0))
                            .addInputs(MergeInput.newBuilder().setInput(1)))
                    .build(),
                List.of(other, diff),
                OpMetadata.getDefaultInstance(),
                List.of())
            .output(0);
    engine.build(
        merge,
        root -> {
          assertThat(root.resolve("gone")).doesNotExist();
          assertThat(root.resolve("new")).hasContent("n");
          assertThat(root.resolve("third")).hasContent("t");
        });
    engine.build(
        diff,
        root -> {
          assertThat(Files.exists(root.resolve("kept"))).isFalse();
          assertThat(root.resolve("new")).hasContent("n");
        });
  }

  @Test
  void aMissingCopySourceNamesThePath() throws Exception {
    var base = file(List.of(), write(-1, "/a", "a"));
    var result = file(List.of(base), copy(-1, 0, "/nope", "/y"));
    assertThatThrownBy(() -> engine.build(result, _ -> {}))
        .hasMessageMatching(
            "failed to compute cache key: failed to calculate checksum of ref worker::.+: \"/nope\": not"
                + " found");
  }
}
