package org.jbuildkit.client.progress;

import java.util.List;

/** The section on a failed step below the progress. */
final class FailedStep {
  private FailedStep() {}

  static void print(ProgressOutput out, Entry entry, List<String> lines) {
    out.line("------");
    out.line(" > " + entry.name + ":");
    for (var line : lines) {
      out.rawBytes(line);
      out.line("");
    }
    out.line("------");
  }
}
