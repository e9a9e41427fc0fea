package org.jbuildkit.cli.cobra;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jbuildkit.cli.Flag;

/**
 * Prints what a command offers: in the layout of plugins of Docker, or of programs of their own.
 */
final class VerbHelp {
  private static final int NAME_WIDTH = 11;

  private final List<Verb> path;
  private final Verb verb;
  private final Program program;
  private final StringBuilder text = new StringBuilder();

  VerbHelp(List<Verb> path, Program program) {
    this.path = path;
    this.verb = path.getLast();
    this.program = program;
  }

  void print() {
    if (program.isPlugin()) {
      plugin();
    } else {
      standalone();
    }
    if (!program.hint().isEmpty()) {
      line("").line(program.hint());
    }
    program.out().print(text);
    program.out().flush();
  }

  private VerbHelp line(String line) {
    text.append(line).append('\n');
    return this;
  }

  private void standalone() {
    boolean root = path.size() == 1;
    line(verb.description()).line("").line("Usage:");
    line("  " + verb.useLine(path, program));
    if (verb.isGroup()) {
      line("  " + verb.path(path, program) + " [command]");
    }
    aliases(
        String.join(", ", Stream.concat(Stream.of(verb.name()), verb.aliases().stream()).toList()));
    commands("Available Commands:", root);
    flags("Flags:", verb.visibleFlags(root));
    if (!root) {
      flags("Global Flags:", path.getFirst().visibleShared());
    }
    if (verb.isGroup()) {
      line("")
          .line(
              "Use \"%s [command] --help\" for more information about a command."
                  .formatted(verb.path(path, program)));
    }
  }

  private void plugin() {
    line("Usage:  " + verb.useLine(path, program) + (verb.isGroup() ? " COMMAND" : ""));
    line("").line(verb.description());
    var names = new ArrayList<String>();
    if (!verb.aliases().isEmpty()) {
      var full = verb.path(path, program);
      var parent = full.substring(0, full.lastIndexOf(' ') + 1);
      names.add(full);
      verb.aliases().forEach(alias -> names.add(parent + alias));
    }
    aliases(String.join(", ", names));
    flags("Options:", verb.visibleFlags(path.size() == 1));
    commands("Commands:", false);
    if (verb.isGroup()) {
      line("")
          .line(
              "Run '%s COMMAND --help' for more information on a command."
                  .formatted(verb.path(path, program)));
    }
  }

  private void aliases(String names) {
    if (!verb.aliases().isEmpty()) {
      line("").line("Aliases:").line("  " + names);
    }
  }

  private void commands(String title, boolean withHelp) {
    if (!verb.isGroup()) {
      return;
    }
    line("").line(title);
    var rows = new ArrayList<List<String>>();
    verb.visibleVerbs().forEach(sub -> rows.add(List.of(sub.name(), sub.description())));
    if (withHelp) {
      rows.add(List.of("help", "Help about any command"));
      rows.sort((a, b) -> a.getFirst().compareTo(b.getFirst()));
    }
    int width = rows.stream().mapToInt(row -> row.getFirst().length()).max().orElse(0);
    for (var row : rows) {
      line("  " + padded(row.getFirst(), Math.max(width, NAME_WIDTH)) + " " + row.getLast());
    }
  }

  private void flags(String title, List<Flag> flags) {
    if (flags.isEmpty()) {
      return;
    }
    line("").line(title);
    int width = flags.stream().mapToInt(flag -> title(flag).length()).max().orElse(0);
    for (var flag : flags) {
      line(padded(title(flag), width) + "   " + flag.usage() + preset(flag));
    }
  }

  private static String title(Flag flag) {
    var letter = flag.names().stream().filter(name -> name.length() == 1).findFirst();
    return letter.map(name -> "  -" + name + ", ").orElse("      ")
        + "--"
        + flag.name()
        + type(flag);
  }

  private static String type(Flag flag) {
    return switch (flag.kind()) {
      case BOOL -> "";
      case TEXT -> " string";
      case LIST -> " stringArray";
      case SLICE -> " strings";
      case INT -> " int";
      case FLOAT -> " float";
      case DURATION -> " duration";
      case BYTES -> " bytes";
    };
  }

  private static String preset(Flag flag) {
    if (flag.preset().isEmpty()) {
      return "";
    }
    return switch (flag.kind()) {
      case TEXT -> " (default \"" + flag.preset() + "\")";
      case LIST, SLICE -> " (default [" + flag.preset() + "])";
      default -> " (default " + flag.preset() + ")";
    };
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
