package org.jbuildkit.buildctl.build;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.client.BuildSpec;

/** What a client writes once a build has succeeded. */
final class ResultFiles {
  private static final String RESULT_TEXT = "result.txt";
  private static final String RESULT_PREFIX = "result.";

  private ResultFiles() {}

  /** The answer to a sub-request. */
  static void printResult(BuildSpec.Outcome outcome, PrintStream out) {
    var text = outcome.metadata().get(RESULT_TEXT);
    if (text != null) {
      out.writeBytes(text);
    } else {
      new TreeMap<>(outcome.metadata())
          .forEach((key, value) -> {
            if (key.startsWith(RESULT_PREFIX)) {
              out.println(key);
              out.writeBytes(value);
              out.println();
            }
          });
    }
    out.flush();
  }

  static void writeRef(String file, String ref) {
    try {
      Files.writeString(Path.of(file), ref);
    } catch (IOException e) {
      throw BuildException.failed("failed to write ref file", e);
    }
  }
}
