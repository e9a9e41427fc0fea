package org.jbuildkit.buildctl;

import java.io.PrintStream;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;
import org.jbuildkit.base.Json;
import org.jbuildkit.base.SourceExcerpt;
import org.jbuildkit.protocol.keys.ErrorDetailTypes;

/** Tells why a command failed: the places in sources, then what policies say, then the error. */
final class ErrorPrinter {
  private final PrintStream err;
  private final boolean withStacks;

  /**
   * @param withStacks whether it is told where in the programs errors came about
   */
  ErrorPrinter(PrintStream err, boolean withStacks) {
    this.err = err;
    this.withStacks = withStacks;
  }

  void print(Exception error) {
    if (error instanceof BuildException known) {
      printDetails(known);
    }
    var text = error instanceof InterruptedException ? "context canceled" : describe(error);
    err.println("error: " + text);
    if (withStacks) {
      if (error instanceof BuildException known) {
        known.details().forEach(this::printStack);
      }
      printOwnStack(error);
    }
  }

  private static String describe(Exception error) {
    return BuildException.describe(error);
  }

  private void printDetails(BuildException error) {
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.Source source) {
        SourceExcerpt.of(source).ifPresent(err::print);
      }
    }
    for (var detail : error.details()) {
      if (detail instanceof ErrorDetail.Opaque(String type, byte[] value)
          && type.equals(ErrorDetailTypes.POLICY_DECISION)) {
        for (var message : object(value).array("denyMessages")) {
          if (message instanceof Json.Obj deny) {
            err.println("policy deny: " + deny.text("message"));
          }
        }
      }
    }
  }

  private static Json.Obj object(byte[] value) {
    try {
      return Json.parseObject(value);
    } catch (IllegalArgumentException _) {
      return Json.object().build();
    }
  }

  private void printStack(ErrorDetail detail) {
    if (!(detail instanceof ErrorDetail.Opaque(String type, byte[] value))
        || !type.equals(ErrorDetailTypes.STACK)) {
      return;
    }
    var stack = object(value);
    err.println(
        stack.number("pid")
            + " "
            + stack.text("version")
            + " "
            + String.join(" ", stack.texts("cmdline")));
    for (var element : stack.array("frames")) {
      if (element instanceof Json.Obj frame) {
        err.println(frame.text("Name"));
        err.println("\t" + frame.text("File") + ":" + frame.number("Line"));
      }
    }
    err.println();
  }

  private void printOwnStack(Exception error) {
    err.println(ProcessHandle.current().pid() + " " + Main.VERSION);
    for (var frame : error.getStackTrace()) {
      err.println(frame.getClassName() + "." + frame.getMethodName());
      err.println("\t" + frame.getFileName() + ":" + frame.getLineNumber());
    }
    err.println();
  }
}
