package org.jbuildkit.benchmarks;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jbuildkit.llb.Definitions;
import org.jbuildkit.llb.LlbEdge;
import org.jbuildkit.llb.Ops;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.FileActionCopy;
import org.jbuildkit.protocol.pb.FileActionMkFile;
import org.jbuildkit.protocol.pb.Meta;
import org.jbuildkit.protocol.pb.Mount;
import org.jbuildkit.protocol.pb.NetMode;

/** Shapes of build graphs; a seed makes each build of one shape new to every cache. */
enum Workload {
  /** 1,000 files made apart and merged. */
  WIDE {
    @Override
    LlbEdge graph(String seed, byte[] shell) {
      var files = new ArrayList<LlbEdge>();
      for (int i = 0; i < 1000; i++) {
        files.add(file(Optional.empty(), "/file-" + i, seed + i));
      }
      return merge(files);
    }
  },

  /** 300 files, each upon the one before. */
  DEEP {
    @Override
    LlbEdge graph(String seed, byte[] shell) {
      Optional<LlbEdge> tree = Optional.empty();
      for (int i = 0; i < 300; i++) {
        tree = Optional.of(file(tree, "/file-" + i, seed + i));
      }
      return tree.orElseThrow();
    }
  },

  /** 100 rows of four, each made of all four above. */
  DIAMOND {
    @Override
    LlbEdge graph(String seed, byte[] shell) {
      List<LlbEdge> row = new ArrayList<>();
      for (int column = 0; column < 4; column++) {
        row.add(file(Optional.empty(), "/cell-" + column, seed + column));
      }
      for (int i = 1; i < 100; i++) {
        var next = new ArrayList<LlbEdge>();
        for (int column = 0; column < 4; column++) {
          next.add(cell(row, column, seed + i));
        }
        row = next;
      }
      return merge(row);
    }
  },

  /** 100 processes in two chains. */
  EXEC_2 {
    @Override
    LlbEdge graph(String seed, byte[] shell) {
      return execs(seed, shell, 2);
    }
  },

  /** 100 processes in eight chains. */
  EXEC_8 {
    @Override
    LlbEdge graph(String seed, byte[] shell) {
      return execs(seed, shell, 8);
    }
  };

  private static final int EXECS = 100;
  private static final Platform PLATFORM = Platform.parse("linux/amd64");

  abstract LlbEdge graph(String seed, byte[] shell);

  /**
   * The build.
   *
   * @param shell a static shell program, which is all that the processes find
   */
  Definition definition(String seed, byte[] shell) {
    return Definitions.marshal(Optional.of(graph(seed, shell)));
  }

  private static LlbEdge file(Optional<LlbEdge> base, String path, String content) {
    return Ops.file(
        base,
        List.of(
            new Ops.Action(
                FileAction.newBuilder().setMkfile(mkfile(path, content)), Optional.empty())),
        Ops.About.named("mkfile " + path));
  }

  private static FileActionMkFile mkfile(String path, String content) {
    return FileActionMkFile.newBuilder()
        .setPath(path)
        .setMode(0644)
        .setData(ByteString.copyFromUtf8(content))
        .setTimestamp(-1)
        .build();
  }

  private static LlbEdge cell(List<LlbEdge> above, int column, String content) {
    var actions = new ArrayList<Ops.Action>();
    actions.add(
        new Ops.Action(
            FileAction.newBuilder().setMkfile(mkfile("/cell-" + column, content + column)),
            Optional.empty()));
    for (int other = 1; other < above.size(); other++) {
      int from = (column + other) % above.size();
      var copy =
          FileActionCopy.newBuilder()
              .setSrc("/cell-" + from)
              .setDest("/copied-" + from)
              .setMode(-1)
              .setTimestamp(-1);
      actions.add(
          new Ops.Action(FileAction.newBuilder().setCopy(copy), Optional.of(above.get(from))));
    }
    return Ops.file(Optional.of(above.get(column)), actions, Ops.About.named("cell " + column));
  }

  private static LlbEdge execs(String seed, byte[] shell, int chains) {
    var root =
        Ops.file(
            Optional.empty(),
            List.of(
                new Ops.Action(
                    FileAction.newBuilder()
                        .setMkfile(
                            FileActionMkFile.newBuilder()
                                .setPath("/sh")
                                .setMode(0755)
                                .setData(ByteString.copyFrom(shell))
                                .setTimestamp(-1)),
                    Optional.empty())),
            Ops.About.named("shell"));
    var ends = new ArrayList<LlbEdge>();
    for (int chain = 0; chain < chains; chain++) {
      var tree = root;
      int length = EXECS / chains + (chain < EXECS % chains ? 1 : 0);
      for (int i = 0; i < length; i++) {
        tree = exec(tree, "echo %s > /out-%d-%d".formatted(seed, chain, i));
      }
      ends.add(tree);
    }
    return merge(ends);
  }

  private static LlbEdge exec(LlbEdge root, String command) {
    var exec =
        ExecOp.newBuilder()
            .setMeta(
                Meta.newBuilder()
                    .addAllArgs(List.of("/sh", "-c", command))
                    .setCwd("/")
                    .setRemoveMountStubsRecursive(true))
            .setNetwork(NetMode.HOST)
            .addMounts(Mount.newBuilder().setDest("/"))
            .build();
    return Ops.exec(
        exec, List.of(root), PLATFORM, List.of("exec.meta.base"), Ops.About.named(command));
  }

  private static LlbEdge merge(List<LlbEdge> trees) {
    return Ops.merge(trees, Ops.About.named("merge")).orElseThrow();
  }

  /** The name on command lines and in tables. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
