package org.jbuildkit.engine.op;

import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jbuildkit.base.UserInfo;
import org.jbuildkit.protocol.pb.FileAction;
import org.jbuildkit.protocol.pb.Op;

/** The names of vertices that were given none. */
final class VertexNames {
  private VertexNames() {}

  /**
   * @param input gives the displayed name of an input
   */
  static String of(Op op, LongFunction<String> input) {
    return switch (op.getOpCase()) {
      case SOURCE -> UserInfo.maskedIn(op.getSource().getIdentifier());
      case EXEC -> String.join(" ", op.getExec().getMeta().getArgsList());
      case FILE ->
          String.join(", ", op.getFile().getActionsList().stream().map(VertexNames::of).toList());
      case BUILD -> "build";
      case MERGE -> {
        List<String> names = LongStream.range(0, op.getInputsCount()).mapToObj(input).toList();
        yield "merge (" + String.join(", ", names) + ")";
      }
      case DIFF ->
          "diff %s -> %s"
              .formatted(
                  side(op.getDiff().getLower().getInput(), input),
                  side(op.getDiff().getUpper().getInput(), input));
      case PASSTHROUGH -> "passthrough " + op.getPassthrough().getId();
      case OP_NOT_SET -> "unknown";
    };
  }

  private static String side(long index, LongFunction<String> input) {
    return index < 0 ? "scratch" : "(" + input.apply(index) + ")";
  }

  static String of(FileAction action) {
    return switch (action.getActionCase()) {
      case MKDIR -> "mkdir " + action.getMkdir().getPath();
      case MKFILE -> "mkfile " + action.getMkfile().getPath();
      case RM -> "rm " + action.getRm().getPath();
      case SYMLINK ->
          "symlink %s -> %s"
              .formatted(action.getSymlink().getNewpath(), action.getSymlink().getOldpath());
      case COPY -> "copy %s %s".formatted(action.getCopy().getSrc(), action.getCopy().getDest());
      case ACTION_NOT_SET -> "unknown";
    };
  }
}
