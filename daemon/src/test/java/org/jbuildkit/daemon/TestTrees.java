package org.jbuildkit.daemon;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.LlbVertex;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionMkDir;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.FileActionRm;
import org.jbuildkit.protocol.pb.FileActionSymlink;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.OpMetadata;

/** Trees that tests are about. */
final class TestTrees {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private TestTrees() {}

  static LlbEdge files(FileAction.Builder... actions) {
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

  static LlbEdge edge(Op.Builder op, List<LlbEdge> inputs) {
    return LlbVertex.of(op.build(), inputs, OpMetadata.getDefaultInstance(), List.of()).output(0);
  }

  static FileAction.Builder file(String path, ByteString data, int mode) {
    return FileAction.newBuilder()
        .setMkfile(
            FileActionMkFile.newBuilder()
                .setPath(path)
                .setMode(mode)
                .setData(data)
                .setTimestamp(-1));
  }

  static FileAction.Builder dir(String path) {
    return FileAction.newBuilder()
        .setMkdir(FileActionMkDir.newBuilder().setPath(path).setMode(0755).setTimestamp(-1));
  }

  static FileAction.Builder link(String path, String target) {
    return FileAction.newBuilder()
        .setSymlink(
            FileActionSymlink.newBuilder().setNewpath(path).setOldpath(target).setTimestamp(-1));
  }

  static LlbEdge some() {
    return files(
        dir("/d"),
        file("/d/a.txt", ByteString.copyFromUtf8("hello"), 0644),
        file("/d/b", ByteString.EMPTY, 0600),
        dir("/d/sub"),
        link("/l", "d/a.txt"));
  }

  static LlbEdge busybox() throws Exception {
    var program = ByteString.copyFrom(Files.readAllBytes(BUSYBOX));
    return files(dir("/bin"), file("/bin/sh", program, 0755));
  }

  static LlbEdge run(LlbEdge root, String script) {
    var exec =
        ExecOp.newBuilder()
            .setMeta(Meta.newBuilder().addArgs("/bin/sh").addArgs("-c").addArgs(script).setCwd("/"))
            .addMounts(Mount.newBuilder().setDest("/").setOutput(0));
    return edge(Op.newBuilder().setExec(exec), List.of(root));
  }

  /** Removes what is not there. */
  static LlbEdge removal() {
    return files(
        dir("/made"), FileAction.newBuilder().setRm(FileActionRm.newBuilder().setPath("/nope")));
  }
}
