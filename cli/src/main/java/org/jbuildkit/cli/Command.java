package org.jbuildkit.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A command with its flags and sub-commands, in the dialect of {@code buildctl} and {@code
 * buildkitd}: flags take one or two dashes and may stand anywhere; flags of the root are accepted
 * at every level.
 */
public final class Command {
  /** What a command does; the result is the process's exit status. */
  @FunctionalInterface
  public interface Action {
    int run(Invocation invocation) throws Exception;
  }

  private static final Set<String> HELP = Set.of("--help", "-help", "-h", "--h");

  private final List<String> names;
  private final String usage;
  private final boolean hidden;
  private final List<Flag> flags = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private Optional<Action> action = Optional.empty();
  private Consumer<Invocation> check = _ -> {};
  private String version = "";

  private Command(List<String> names, String usage, boolean hidden) {
    this.names = names;
    this.usage = usage;
    this.hidden = hidden;
  }

  public static Command of(String usage, String... names) {
    return new Command(List.of(names), usage, false);
  }

  /** Left out of help. */
  public static Command hidden(String usage, String... names) {
    return new Command(List.of(names), usage, true);
  }

  public Command flags(Flag... more) {
    flags.addAll(List.of(more));
    return this;
  }

  public Command commands(Command... more) {
    commands.addAll(List.of(more));
    return this;
  }

  public Command action(Action what) {
    this.action = Optional.of(what);
    return this;
  }

  /** Looks at every command line of this root before its command runs. */
  public Command before(Consumer<Invocation> what) {
    this.check = what;
    return this;
  }

  /** The program's version, which its help shows. */
  public Command version(String text) {
    this.version = text;
    return this;
  }

  /** Adds the hidden command that prints scripts with which shells complete command lines. */
  public Command completion(PrintStream out) {
    commands.add(Completion.command(name(), out));
    return this;
  }

  Optional<Command> command(String name) {
    return commands.stream().filter(command -> command.names.contains(name)).findFirst();
  }

  /**
   * Runs the command that the arguments name, or prints help on {@code out}.
   *
   * @throws UsageException if they make no sense; after a note about it on {@code err}
   */
  public int run(List<String> arguments, PrintStream out, PrintStream err) throws Exception {
    if (!arguments.isEmpty() && arguments.getLast().equals(Completion.QUESTION)) {
      Completion.print(this, arguments.subList(0, arguments.size() - 1), out);
      return 0;
    }
    var path = new ArrayList<Command>(List.of(this));
    var invocation = new Invocation();
    flags.forEach(invocation::declare);
    boolean help;
    try {
      help = parse(arguments, path, invocation);
    } catch (UsageException e) {
      err.println("Incorrect Usage: " + e.getMessage());
      err.println();
      throw e;
    }
    var command = path.getLast();
    if (help && !command.commands.isEmpty() && !invocation.arguments().isEmpty()) {
      err.println("No help topic for '" + invocation.arguments().getFirst() + "'");
      return 3;
    }
    if (help) {
      Help.print(path, out);
      return 0;
    }
    check.accept(invocation);
    if (command.action.isEmpty()) {
      if (!invocation.arguments().isEmpty()) {
        err.println("No help topic for '" + invocation.arguments().getFirst() + "'");
        return 3;
      }
      Help.print(path, out);
      return 0;
    }
    return command.action.get().run(invocation);
  }

  private boolean parse(List<String> arguments, List<Command> path, Invocation invocation) {
    boolean help = false;
    for (int i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (argument.equals("--")) {
        arguments.subList(i + 1, arguments.size()).forEach(invocation::argument);
        return help;
      }
      var command = path.getLast();
      if (argument.startsWith("-") && argument.length() > 1) {
        if (HELP.contains(argument)) {
          help = true;
        } else {
          i = command.parseFlag(arguments, i, path, invocation);
        }
        continue;
      }
      var sub =
          invocation.arguments().isEmpty() ? command.command(argument) : Optional.<Command>empty();
      if (sub.isPresent()) {
        path.add(sub.get());
        sub.get().flags.forEach(invocation::declare);
      } else if (!command.commands.isEmpty() && (argument.equals("help") || argument.equals("h"))) {
        help = true;
      } else {
        invocation.argument(argument);
      }
    }
    return help;
  }

  /** Takes the flag at an index; the result is the last index that belongs to it. */
  private int parseFlag(
      List<String> arguments, int index, List<Command> path, Invocation invocation) {
    var argument = arguments.get(index);
    var name = argument.replaceFirst("^--?", "");
    int equals = name.indexOf('=');
    var bare = equals < 0 ? name : name.substring(0, equals);
    var flag = find(bare, path);
    if (equals >= 0) {
      set(invocation, flag, bare, name.substring(equals + 1));
      return index;
    }
    if (flag.kind() == Flag.Kind.BOOL) {
      set(invocation, flag, bare, "true");
      return index;
    }
    if (index + 1 == arguments.size()) {
      throw new UsageException("flag needs an argument: " + argument);
    }
    set(invocation, flag, bare, arguments.get(index + 1));
    return index + 1;
  }

  private Flag find(String name, List<Command> path) {
    for (var level : path.reversed()) {
      boolean own = level.equals(path.getLast());
      for (var flag : level.flags) {
        if (flag.names().contains(name) && (own || !flag.name().equals("version"))) {
          return flag;
        }
      }
    }
    throw new UsageException("flag provided but not defined: -" + name);
  }

  private static void set(Invocation invocation, Flag flag, String name, String value) {
    var problem =
        switch (flag.kind()) {
          case TEXT, LIST, SLICE, BYTES -> "";
          case BOOL -> GoValues.parseBool(value).isPresent() ? "" : "parse error";
          case INT ->
              value.matches("[+-]?[0-9]{1,18}")
                  ? ""
                  : "strconv.ParseInt: parsing \"" + value + "\": invalid syntax";
          case FLOAT ->
              value.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?")
                  ? ""
                  : "strconv.ParseFloat: parsing \"" + value + "\": invalid syntax";
          case DURATION ->
              GoValues.parseDuration(value).isPresent()
                  ? ""
                  : "time: invalid duration \"" + value + "\"";
        };
    if (!problem.isEmpty()) {
      throw new UsageException(
          "invalid value \"" + value + "\" for flag -" + name + ": " + problem);
    }
    invocation.set(flag, value);
  }

  String name() {
    return names.getFirst();
  }

  List<String> names() {
    return names;
  }

  String version() {
    return version;
  }

  String usage() {
    return usage;
  }

  List<Flag> visibleFlags() {
    return flags.stream().filter(flag -> !flag.hidden()).toList();
  }

  List<Command> visibleCommands() {
    return commands.stream().filter(command -> !command.hidden).toList();
  }
}
