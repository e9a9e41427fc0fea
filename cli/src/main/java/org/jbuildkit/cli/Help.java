package org.jbuildkit.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Prints what a command offers. */
final class Help {
  private Help() {}

  static void print(List<Command> path, PrintStream out) {
    var command = path.getLast();
    var name = String.join(" ", path.stream().map(Command::name).toList());
    out.println("NAME:");
    out.println("   " + name + " - " + command.usage());
    out.println();
    out.println("USAGE:");
    boolean nested = !command.visibleCommands().isEmpty();
    out.println(
        "   " + name + (nested ? " [global options] [command [command options]]" : " [options]"));
    if (!command.version().isEmpty()) {
      out.println();
      out.println("VERSION:");
      out.println("   " + command.version());
    }
    if (nested) {
      var rows = new ArrayList<List<String>>();
      for (var sub : command.visibleCommands()) {
        rows.add(List.of(String.join(", ", sub.names()), sub.usage()));
      }
      rows.add(List.of("help, h", "Shows a list of commands or help for one command"));
      section("COMMANDS:", rows, out);
    }
    boolean root = path.size() == 1;
    options(root ? "GLOBAL OPTIONS:" : "OPTIONS:", command, true, out);
    if (!root && !nested) {
      options("GLOBAL OPTIONS:", path.getFirst(), false, out);
    }
  }

  private static void options(String title, Command command, boolean own, PrintStream out) {
    var rows = new ArrayList<List<String>>();
    for (var flag : command.visibleFlags()) {
      if (own || !flag.name().equals("version")) {
        rows.add(List.of(flag.title(), flag.usage() + preset(flag)));
      }
    }
    if (own) {
      rows.add(List.of("--help, -h", "show help"));
    }
    section(title, rows, out);
  }

  private static String preset(Flag flag) {
    if (flag.preset().isEmpty()) {
      return flag.kind() == Flag.Kind.BOOL ? " (default: false)" : "";
    }
    return flag.kind() == Flag.Kind.TEXT
        ? " (default: \"" + flag.preset() + "\")"
        : " (default: " + flag.preset() + ")";
  }

  private static void section(String title, List<List<String>> rows, PrintStream out) {
    int width = rows.stream().mapToInt(row -> row.getFirst().length()).max().orElse(0);
    out.println();
    out.println(title);
    for (var row : rows) {
      var padding = " ".repeat(width - row.getFirst().length());
      out.println(("   " + row.getFirst() + padding + "  " + row.getLast()).stripTrailing());
    }
  }
}
