package org.jbuildkit.llb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.Platform;
import org.jbuildkit.protocol.pb.SourceOp;
import org.junit.jupiter.api.Test;

class CanonicalEncoderTest {
  private static LlbVertex alpine() {
    var op =
        Op.newBuilder()
            .setSource(
                SourceOp.newBuilder()
                    .setIdentifier("docker-image://docker.io/library/alpine:latest"))
            .setPlatform(Platform.newBuilder().setArchitecture("amd64").setOS("linux"))
            .build();
    return LlbVertex.of(op, List.of(), OpMetadata.getDefaultInstance(), List.of());
  }

  private static LlbVertex file() {
    var file =
        FileActionMkFile.newBuilder()
            .setPath("/foo")
            .setMode(0644)
            .setData(ByteString.copyFromUtf8("hi"))
            .setTimestamp(-1);
    var action = FileAction.newBuilder().setInput(-1).setSecondaryInput(-1).setMkfile(file);
    var op = Op.newBuilder().setFile(FileOp.newBuilder().addActions(action)).build();
    return LlbVertex.of(op, List.of(), OpMetadata.getDefaultInstance(), List.of());
  }

  @Test
  void anImageSourceHasTheDigestThatBuildKitGivesIt() {
    assertThat(alpine().digest().hex())
        .isEqualTo("a7f9733e307dd352c82d43053b783dd17bb2ec2c36214908ce393e41545c8b51");
  }

  @Test
  void aFileOpHasTheDigestThatBuildKitGivesIt() {
    assertThat(file().digest().hex())
        .isEqualTo("9432d487896c34043e05ad502bd923b1de1ae9ccaea7c6113fb03a29e4c76d0b");
  }

  @Test
  void mapEntriesAreOrderedByTheBytesOfTheirKeys() {
    var source =
        SourceOp.newBuilder()
            .setIdentifier("x://")
            .putAttrs("b", "")
            .putAttrs("", "e")
            .putAttrs("\uD800\uDC00", "s")
            .putAttrs("\uFFEE", "u")
            .putAttrs("a.b", "1")
            .putAttrs("a", "0")
            .build();
    var op = Op.newBuilder().setSource(source).build();
    assertThat(HexFormat.of().formatHex(CanonicalEncoder.encode(op)))
        .isEqualTo(
            "1a3b0a04783a2f2f12050a0012016512060a016112013012080a03612e6212013112050a016212001208"
                + "0a03efbfae12017512090a04f0908080120173");
  }

  @Test
  void aMarshalledGraphIsReadBackWithTheSameDigests() {
    var definition = Definitions.marshal(Optional.of(file().output(0)));
    var graph = LoadedGraph.load(definition, op -> op);
    assertThat(graph.result().vertex().digest()).isEqualTo(file().digest());
    assertThat(definition.getMetadataMap())
        .containsKey("sha256:5a8e2d0acc0e17aeece5273fb67975edfbf148af9369dd9a5387c78877888a7a");
  }

  @Test
  void graphsThatAreNoneAreRefusedWithTheirReason() {
    assertRefused(Definition.getDefaultInstance(), "invalid empty definition");
    var alone = Definition.newBuilder().addDef(ByteString.EMPTY).build();
    assertRefused(alone, "invalid LLB with 1 vertexes");
    var dangling =
        Definition.newBuilder()
            .addDef(ByteString.copyFrom(file().bytes()))
            .addDef(
                Op.newBuilder()
                    .addInputs(
                        org.jbuildkit.protocol.pb.Input.newBuilder().setDigest("sha256:none"))
                    .build()
                    .toByteString())
            .build();
    assertRefused(dangling, "invalid missing input digest sha256:none");
  }

  private static void assertRefused(Definition definition, String text) {
    assertThatThrownBy(() -> LoadedGraph.load(definition, op -> op))
        .isInstanceOf(BuildException.class)
        .hasMessage(text);
  }
}
