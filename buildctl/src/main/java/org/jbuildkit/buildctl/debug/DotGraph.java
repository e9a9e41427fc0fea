package org.jbuildkit.buildctl.debug;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jbuildkit.base.Digest;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.protocol.pb.Definition;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.Op;

/** A definition as a graph in the language of Graphviz. */
final class DotGraph {
  /** What a node says, and its form. */
  private record Look(String label, String shape) {}

  private DotGraph() {}

  static void print(Definition definition, PrintStream out) throws InvalidProtocolBufferException {
    Map<String, Op> ops = new LinkedHashMap<>();
    for (var bytes : definition.getDefList()) {
      ops.put(Digest.sha256(bytes.toByteArray()).toString(), Op.parseFrom(bytes));
    }
    out.println("digraph {");
    ops.forEach((digest, op) -> {
      var look = look(digest, op);
      out.println(
          "  "
              + GoQuote.quote(digest)
              + " [label="
              + GoQuote.quote(look.label)
              + " shape="
              + GoQuote.quote(look.shape)
              + "];");
    });
    ops.forEach((digest, op) -> {
      for (int i = 0; i < op.getInputsCount(); i++) {
        out.println(
            "  "
                + GoQuote.quote(op.getInputs(i).getDigest())
                + " -> "
                + GoQuote.quote(digest)
                + " [label="
                + GoQuote.quote(mount(op, i))
                + "];");
      }
    });
    out.println("}");
  }

  /** Where an input is mounted, unless that is the root. */
  private static String mount(Op op, int input) {
    if (op.hasExec()) {
      for (var mount : op.getExec().getMountsList()) {
        if (mount.getInput() == input && !mount.getDest().equals("/")) {
          return mount.getDest();
        }
      }
    }
    return "";
  }

  private static Look look(String digest, Op op) {
    return switch (op.getOpCase()) {
      case SOURCE -> new Look(op.getSource().getIdentifier(), "ellipse");
      case EXEC -> new Look(String.join(" ", op.getExec().getMeta().getArgsList()), "box");
      case BUILD -> new Look("build", "box3d");
      case MERGE -> new Look("merge", "invtriangle");
      case DIFF -> new Look("diff", "doublecircle");
      case FILE -> {
        var actions = op.getFile().getActionsList().stream().map(DotGraph::action).toList();
        yield new Look(String.join(",", actions), "note");
      }
      default -> new Look(digest, "plaintext");
    };
  }

  private static String action(FileAction action) {
    return switch (action.getActionCase()) {
      case COPY ->
          "copy{src=" + action.getCopy().getSrc() + ", dest=" + action.getCopy().getDest() + "}";
      case MKFILE -> "mkfile{path=" + action.getMkfile().getPath() + "}";
      case MKDIR -> "mkdir{path=" + action.getMkdir().getPath() + "}";
      case RM -> "rm{path=" + action.getRm().getPath() + "}";
      case SYMLINK ->
          "symlink{oldpath="
              + action.getSymlink().getOldpath()
              + ", newpath="
              + action.getSymlink().getNewpath()
              + "}";
      default -> "";
    };
  }
}
