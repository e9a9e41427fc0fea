package org.jbuildkit.llb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.LowerDiffInput;
import org.jbuildkit.protocol.pb.MergeInput;
import org.jbuildkit.protocol.pb.MergeOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.PassthroughOp;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.pb.UpperDiffInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LoadedGraphTest {
  private static final Op SOURCE =
      Op.newBuilder().setSource(SourceOp.newBuilder().setIdentifier("local://a")).build();

  private static Digest digest(Op op) {
    return Digest.sha256(op.toByteArray());
  }

  private static Input input(Op op, long index) {
    return Input.newBuilder().setDigest(digest(op).toString()).setIndex(index).build();
  }

  /** A definition with the last op's first output as its result. */
  private static Definition result(Op... ops) {
    var definition = Definition.newBuilder();
    Arrays.stream(ops).forEach(op -> definition.addDef(op.toByteString()));
    var terminal = Op.newBuilder().addInputs(input(ops[ops.length - 1], 0)).build();
    return definition.addDef(terminal.toByteString()).build();
  }

  private static LoadedGraph load(Definition definition) {
    return LoadedGraph.load(definition, op -> op);
  }

  private static Arguments text(String text, Op.Builder op) {
    return Arguments.of(text, op.build());
  }

  private static ExecOp.Builder exec() {
    return ExecOp.newBuilder()
        .setMeta(Meta.newBuilder().addArgs("true"))
        .addMounts(Mount.newBuilder().setDest("/").setInput(-1));
  }

  private static DiffOp.Builder diff(long lower, long upper) {
    return DiffOp.newBuilder()
        .setLower(LowerDiffInput.newBuilder().setInput(lower))
        .setUpper(UpperDiffInput.newBuilder().setInput(upper));
  }

  private static Op.Builder passthrough(PassthroughOp.Builder op) {
    return Op.newBuilder().setPassthrough(op);
  }

  static Stream<Arguments> invalidOps() {
    return Stream.of(
        text("invalid exec op with no meta", Op.newBuilder().setExec(exec().clearMeta())),
        text(
            "invalid exec op with no args",
            Op.newBuilder().setExec(exec().setMeta(Meta.newBuilder()))),
        text("invalid exec op with no mounts", Op.newBuilder().setExec(exec().clearMounts())),
        text(
            "invalid exec op with no rootfs",
            Op.newBuilder()
                .setExec(exec().clearMounts().addMounts(Mount.newBuilder().setDest("/mnt")))),
        text("invalid security mode 7", Op.newBuilder().setExec(exec().setSecurityValue(7))),
        text("invalid file op with no actions", Op.newBuilder().setFile(FileOp.newBuilder())),
        text(
            "invalid diff op with nil lower or upper input",
            Op.newBuilder().setDiff(DiffOp.newBuilder())),
        text("invalid diff input index 3", Op.newBuilder().setDiff(diff(3, -1))),
        text("invalid diff input index -2", Op.newBuilder().setDiff(diff(-1, -2))),
        text(
            "invalid merge input index 1",
            Op.newBuilder()
                .setMerge(MergeOp.newBuilder().addInputs(MergeInput.newBuilder().setInput(1)))),
        text("invalid passthrough op with no id", passthrough(PassthroughOp.newBuilder())),
        text(
            "invalid passthrough op with no outputs",
            passthrough(PassthroughOp.newBuilder().setId("p"))),
        text(
            "invalid passthrough output input index 1",
            passthrough(PassthroughOp.newBuilder().setId("p").addOutputs(1))),
        text(
            "invalid passthrough output input index -1",
            passthrough(PassthroughOp.newBuilder().setId("p").addOutputs(-1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidOps")
  void opsThatMakeNoSenseAreRefused(String text, Op op) {
    var fed = op.toBuilder().addInputs(input(SOURCE, 0)).build();
    assertThatThrownBy(() -> load(result(SOURCE, fed)))
        .isInstanceOf(BuildException.class)
        .hasMessage(text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidOps")
  void opsThatTheResultDoesNotReachAreCheckedToo(String text, Op op) {
    var fed = op.toBuilder().addInputs(input(SOURCE, 0)).build();
    assertThatThrownBy(() -> load(result(fed, SOURCE))).hasMessage(text);
  }

  static Stream<Arguments> invalidDefinitions() {
    var missing = Op.newBuilder().setSource(SourceOp.newBuilder().setIdentifier("x")).build();
    var negative = Op.newBuilder().addInputs(input(SOURCE, -1)).build();
    return Stream.of(
        Arguments.of("invalid empty definition", Definition.getDefaultInstance()),
        Arguments.of(
            "invalid LLB with 1 vertexes",
            Definition.newBuilder().addDef(SOURCE.toByteString()).build()),
        Arguments.of(
            "invalid LLB with no inputs on last vertex",
            Definition.newBuilder()
                .addDef(SOURCE.toByteString())
                .addDef(missing.toByteString())
                .build()),
        Arguments.of(
            "invalid missing input digest " + digest(missing),
            result(SOURCE, Op.newBuilder().addInputs(input(missing, 0)).build())),
        Arguments.of(
            "invalid input 0 output index -1",
            Definition.newBuilder()
                .addDef(SOURCE.toByteString())
                .addDef(negative.toByteString())
                .build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidDefinitions")
  void listsThatAreNoGraphAreRefused(String text, Definition definition) {
    assertThatThrownBy(() -> load(definition)).hasMessage(text);
  }

  @Test
  void bytesThatAreNoOpAreRefused() {
    var cut = Definition.newBuilder().addDef(ByteString.copyFrom(new byte[] {0x0a, 0x20, 1}));
    assertThatThrownBy(() -> load(cut.build()))
        .hasMessageStartingWith("failed to parse llb proto op: ");
  }

  @Test
  void anOpThatSaysNothingIsLoaded() {
    var empty = Op.newBuilder().addInputs(input(SOURCE, 0)).build();
    assertThat(load(result(SOURCE, empty)).result().vertex().op()).isEqualTo(empty);
  }

  @Test
  void rewrittenInputsChangeTheDigestsAbove() {
    var fed =
        Op.newBuilder()
            .addInputs(input(SOURCE, 0))
            .setPassthrough(PassthroughOp.newBuilder().setId("p").addOutputs(0))
            .build();
    var renamed = SourceOp.newBuilder().setIdentifier("local://b");
    var graph =
        LoadedGraph.load(
            result(SOURCE, fed),
            op -> op.hasSource() ? op.toBuilder().setSource(renamed).build() : op);
    var top = graph.result().vertex();
    assertThat(top.digest()).isNotEqualTo(digest(fed));
    assertThat(top.op().getInputs(0).getDigest())
        .isEqualTo(top.inputs().getFirst().vertex().digest().toString());
  }
}
