package org.jbuildkit.llb;

import org.jbuildkit.base.BuildException;
import org.jbuildkit.protocol.pb.DiffOp;
import org.jbuildkit.protocol.pb.ExecOp;
import org.jbuildkit.protocol.pb.FileOp;
import org.jbuildkit.protocol.pb.Op;
import org.jbuildkit.protocol.pb.PassthroughOp;
import org.jbuildkit.protocol.pb.SecurityMode;

/** Checks an op by itself, with the texts of BuildKit's {@code opsutils/validate.go}. */
final class OpValidation {
  private OpValidation() {}

  static void check(Op op) {
    switch (op.getOpCase()) {
      case EXEC -> check(op.getExec());
      case FILE -> check(op.getFile());
      case DIFF -> check(op.getDiff(), op.getInputsCount());
      case PASSTHROUGH -> check(op.getPassthrough(), op.getInputsCount());
      case MERGE -> {
        for (var input : op.getMerge().getInputsList()) {
          checkIndex("invalid merge input index %d", input.getInput(), op.getInputsCount());
        }
      }
      case SOURCE, BUILD, OP_NOT_SET -> {}
    }
  }

  private static void check(ExecOp exec) {
    require(exec.hasMeta(), "invalid exec op with no meta");
    require(exec.getMeta().getArgsCount() > 0, "invalid exec op with no args");
    require(exec.getMountsCount() > 0, "invalid exec op with no mounts");
    require(
        exec.getMountsList().stream().anyMatch(mount -> mount.getDest().equals("/")),
        "invalid exec op with no rootfs");
    require(
        exec.getSecurity() != SecurityMode.UNRECOGNIZED,
        "invalid security mode " + exec.getSecurityValue());
  }

  private static void check(FileOp file) {
    require(file.getActionsCount() > 0, "invalid file op with no actions");
  }

  private static void check(DiffOp diff, int inputs) {
    require(diff.hasLower() && diff.hasUpper(), "invalid diff op with nil lower or upper input");
    checkIndex("invalid diff input index %d", diff.getLower().getInput(), inputs);
    checkIndex("invalid diff input index %d", diff.getUpper().getInput(), inputs);
  }

  private static void check(PassthroughOp op, int inputs) {
    require(!op.getId().isEmpty(), "invalid passthrough op with no id");
    require(op.getOutputsCount() > 0, "invalid passthrough op with no outputs");
    for (long index : op.getOutputsList()) {
      require(index >= 0 && index < inputs, "invalid passthrough output input index " + index);
    }
  }

  private static void checkIndex(String text, long index, int inputs) {
    require(index >= -1 && index < inputs, text.formatted(index));
  }

  private static void require(boolean holds, String text) {
    if (!holds) {
      throw BuildException.invalid(text);
    }
  }
}
