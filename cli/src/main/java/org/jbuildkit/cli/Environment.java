package org.jbuildkit.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/** What a command has around it: variables and the standard streams. */
public record Environment(
    Map<String, String> variables, InputStream in, PrintStream out, PrintStream err) {

  /** The variable's value; empty if it is not set. */
  public String variable(String name) {
    return variables.getOrDefault(name, "");
  }
}
