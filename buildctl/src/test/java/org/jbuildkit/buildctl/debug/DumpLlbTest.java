package org.jbuildkit.buildctl.debug;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jbuildkit.base.Digest;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileActionSymlink;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Input;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;
import org.jbuildkit.protocol.pb.SourceOp;
import org.jbuildkit.protocol.pb.WorkerConstraints;
import org.junit.jupiter.api.Test;

class DumpLlbTest {
  private static final String A = "sha256:" + "a".repeat(64);
  private static final String B = "sha256:" + "b".repeat(64);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static FileAction.Builder action(int input, int second, int output) {
    return FileAction.newBuilder().setInput(input).setSecondaryInput(second).setOutput(output);
  }

  private static Op files() {
    return Op.newBuilder()
        .setConstraints(WorkerConstraints.getDefaultInstance())
        .addInputs(Input.newBuilder().setDigest(A))
        .addInputs(Input.newBuilder().setDigest(B))
        .setFile(
            FileOp.newBuilder()
                .addActions(
                    action(0, 1, -1)
                        .setCopy(
                            FileActionCopy.newBuilder()
                                .setSrc("/a")
                                .setDest("/b")
                                .setMode(-1)
                                .setTimestamp(-1)))
                .addActions(
                    action(2, -1, -1)
                        .setMkfile(
                            FileActionMkFile.newBuilder()
                                .setPath("/f")
                                .setMode(420)
                                .setData(ByteString.copyFromUtf8("hello"))
                                .setTimestamp(-1)))
                .addActions(
                    action(3, -1, -1)
                        .setMkdir(
                            FileActionMkDir.newBuilder()
                                .setPath("/d")
                                .setMode(493)
                                .setTimestamp(-1)))
                .addActions(action(4, -1, -1).setRm(FileActionRm.newBuilder().setPath("/x")))
                .addActions(
                    action(5, -1, 0)
                        .setSymlink(
                            FileActionSymlink.newBuilder().setOldpath("/o").setNewpath("/n"))))
        .build();
  }

  private static String digest(Op op) {
    return Digest.sha256(op.toByteArray()).toString();
  }

  @Test
  void fileActionsAreSpeltAsInGo() throws Exception {
    var op = files();
    LlbDump.print(
        Definition.newBuilder()
            .addDef(op.toByteString())
            .putMetadata(digest(op), OpMetadata.newBuilder().putCaps("file.base", true).build())
            .build(),
        out);
    assertThat(printed())
        .startsWith(
            """
            {"Op":{"inputs":[{"digest":"%s"},{"digest":"%s"}],"Op":{"file":{"actions":[\
            {"input":0,"secondaryInput":1,"output":-1,"Action":{"copy":{"src":"/a","dest":"/b",\
            "mode":-1,"timestamp":-1}}},\
            {"input":2,"secondaryInput":-1,"output":-1,"Action":{"mkfile":{"path":"/f","mode":420,\
            "data":"aGVsbG8=","timestamp":-1}}},\
            {"input":3,"secondaryInput":-1,"output":-1,"Action":{"mkdir":{"path":"/d","mode":493,\
            "timestamp":-1}}},\
            {"input":4,"secondaryInput":-1,"output":-1,"Action":{"rm":{"path":"/x"}}},\
            """
                .formatted(A, B))
        .endsWith(
            "\"constraints\":{}},\"Digest\":\"%s\",\"OpMetadata\":{\"caps\":{\"file.base\":true}}}\n"
                .formatted(digest(op)));
  }

  @Test
  void graphsNameNodesFirstThenEdges() throws Exception {
    var source =
        Op.newBuilder().setSource(SourceOp.newBuilder().setIdentifier("local://\"x\"")).build();
    var exec =
        Op.newBuilder()
            .addInputs(Input.newBuilder().setDigest(digest(source)))
            .addInputs(Input.newBuilder().setDigest(digest(files())))
            .setExec(
                ExecOp.newBuilder()
                    .setMeta(Meta.newBuilder().addArgs("sh").addArgs("-c"))
                    .addMounts(Mount.newBuilder().setInput(0).setDest("/"))
                    .addMounts(Mount.newBuilder().setInput(1).setDest("/mnt")))
            .build();
    var last = Op.newBuilder().addInputs(Input.newBuilder().setDigest(digest(exec))).build();
    DotGraph.print(
        Definition.newBuilder()
            .addDef(source.toByteString())
            .addDef(files().toByteString())
            .addDef(exec.toByteString())
            .addDef(last.toByteString())
            .build(),
        out);
    assertThat(printed())
        .isEqualTo(
            """
            digraph {
              "SOURCE" [label="local://\\"x\\"" shape="ellipse"];
              "FILES" [label="copy{src=/a, dest=/b},mkfile{path=/f},mkdir{path=/d},rm{path=/x},symlink{oldpath=/o, newpath=/n}" shape="note"];
              "EXEC" [label="sh -c" shape="box"];
              "LAST" [label="LAST" shape="plaintext"];
              "%s" -> "FILES" [label=""];
              "%s" -> "FILES" [label=""];
              "SOURCE" -> "EXEC" [label=""];
              "FILES" -> "EXEC" [label="/mnt"];
              "EXEC" -> "LAST" [label=""];
            }
            """
                .formatted(A, B)
                .replace("SOURCE", digest(source))
                .replace("FILES", digest(files()))
                .replace("EXEC", digest(exec))
                .replace("LAST", digest(last)));
  }
}
