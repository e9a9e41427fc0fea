package org.jbuildkit.buildx.build;

import java.io.PrintStream;
import java.util.Map;
import org.jbuildkit.base.BuildException;

/** Prints a frontend's answer to a call. */
final class CallPrinter {
  private static final String JSON = "result.json";
  private static final String TEXT = "result.txt";
  private static final String PICTURE = "result.svg";
  private static final String STATUS = "result.statuscode";

  private CallPrinter() {}

  /** The result is the process's exit status. */
  static int print(Call call, Map<String, String> answer, String dockerfile, PrintStream out) {
    var json = answer.getOrDefault(JSON, "");
    if (call.format() == Call.Format.JSON) {
      out.println(json);
    } else if (call.format() == Call.Format.SVG) {
      out.print(picture(call, answer));
    } else if (call.name().equals("lint") && !json.isEmpty()) {
      LintReport.parse(json, dockerfile).print(out);
    } else if (answer.containsKey(TEXT)) {
      out.print(answer.get(TEXT));
    } else {
      throw BuildException.failed("the frontend's answer to " + call.name() + " has no text");
    }
    out.flush();
    var status = answer.getOrDefault(STATUS, "0");
    return call.ignoresStatus() || !status.matches("[0-9]{1,3}") ? 0 : Integer.parseInt(status);
  }

  private static String picture(Call call, Map<String, String> answer) {
    var picture = answer.getOrDefault(PICTURE, "");
    if (picture.isEmpty()) {
      throw BuildException.failed("the frontend's answer to " + call.name() + " has no picture");
    }
    return picture;
  }
}
