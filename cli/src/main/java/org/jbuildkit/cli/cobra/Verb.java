package org.jbuildkit.cli.cobra;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.UsageException;

/**
 * A command with its flags and sub-commands, in the dialect of {@code buildx}: flags have two
 * dashes, or one and a letter, and may stand anywhere; shared flags count for all commands below.
 */
public final class Verb {
  /** What a command does; the result is the process's exit status. */
  @FunctionalInterface
  public interface Action {
    int run(Invocation invocation) throws Exception;
  }

  private static final Flag HELP = Flag.bool("Print usage", "help", "h");
  private static final int FLAG_ERROR_OF_PLUGINS = 125;

  private final String use;
  private final String description;
  private final List<String> aliases = new ArrayList<>();
  private final List<Flag> flags = new ArrayList<>();
  private final List<Flag> shared = new ArrayList<>();
  private final List<Verb> verbs = new ArrayList<>();
  private Arity arity = Arity.ANY;
  private boolean hidden;
  private Optional<Action> action = Optional.empty();

  private Verb(String use, String description) {
    this.use = use;
    this.description = description;
  }

  /**
   * @param use the name, and what follows it in a command line
   */
  public static Verb of(String use, String description) {
    return new Verb(use, description);
  }

  public Verb aliases(String... names) {
    aliases.addAll(List.of(names));
    return this;
  }

  /** Left out of help. */
  public Verb asHidden() {
    hidden = true;
    return this;
  }

  public Verb flags(Flag... more) {
    flags.addAll(List.of(more));
    return this;
  }

  /** Flags of this command and of all below. */
  public Verb sharedFlags(Flag... more) {
    shared.addAll(List.of(more));
    return this;
  }

  public Verb verbs(Verb... more) {
    verbs.addAll(List.of(more));
    return this;
  }

  public Verb arity(Arity arguments) {
    arity = arguments;
    return this;
  }

  public Verb action(Action what) {
    action = Optional.of(what);
    return this;
  }

  /**
   * Runs the command that the words name, or prints help.
   *
   * @throws UsageException if they make no sense
   * @throws ExitException likewise, where the status is another one than for errors in general
   */
  public int run(List<String> words, Program program) throws Exception {
    var path = new ArrayList<Verb>(List.of(this));
    var rest = new ArrayList<String>();
    descend(words, path, rest);
    var verb = path.getLast();
    var invocation = new Invocation();
    verb.read(rest, path, invocation, program);
    if (invocation.flag("help")) {
      new VerbHelp(path, program).print();
      return 0;
    }
    var arguments = invocation.arguments();
    if (verb.action.isEmpty()) {
      boolean unknown = !arguments.isEmpty() && !arguments.getFirst().equals("help");
      new VerbHelp(unknown || arguments.size() < 2 ? path : helped(path, arguments.get(1)), program)
          .print();
      if (unknown) {
        throw new UsageException("unknown command: \"" + arguments.getFirst() + "\"");
      }
      return 0;
    }
    if (!verb.arity.accepts(arguments.size())) {
      var name = verb.path(path, program);
      throw new UsageException(
          "%s: '%s' %s\n\nUsage:  %s\n\nRun '%s --help' for more information"
              .formatted(
                  program.root(), name, verb.arity.problem(), verb.useLine(path, program), name));
    }
    return verb.action.get().run(invocation);
  }

  private List<Verb> helped(List<Verb> path, String name) {
    return path.getLast()
        .verb(name)
        .map(sub -> Stream.concat(path.stream(), Stream.of(sub)).toList())
        .orElse(path);
  }

  /** Follows the words that name commands; flags and everything else go to {@code rest}. */
  private static void descend(List<String> words, List<Verb> path, List<String> rest) {
    boolean more = true;
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (word.equals("--")) {
        rest.addAll(words.subList(i, words.size()));
        return;
      }
      if (FlagParser.isFlag(word)) {
        int width = new FlagParser(allFlags(path), new Invocation()).width(words, i);
        int end = Math.min(words.size(), i + width);
        rest.addAll(words.subList(i, end));
        i = end - 1;
        continue;
      }
      var sub = more ? path.getLast().verb(word) : Optional.<Verb>empty();
      if (sub.isPresent()) {
        path.add(sub.get());
      } else {
        more = false;
        rest.add(word);
      }
    }
  }

  private void read(List<String> words, List<Verb> path, Invocation invocation, Program program) {
    var known = allFlags(path);
    known.forEach(invocation::declare);
    var parser = new FlagParser(known, invocation);
    try {
      for (int i = 0; i < words.size(); i++) {
        var word = words.get(i);
        if (word.equals("--")) {
          words.subList(i + 1, words.size()).forEach(invocation::argument);
          return;
        }
        if (FlagParser.isFlag(word)) {
          i = parser.read(words, i);
        } else {
          invocation.argument(word);
        }
      }
    } catch (UsageException e) {
      if (!program.isPlugin()) {
        throw e;
      }
      throw new ExitException(
          FLAG_ERROR_OF_PLUGINS,
          "%s\n\nUsage:  %s\n\nRun '%s --help' for more information"
              .formatted(e.getMessage(), useLine(path, program), path(path, program)));
    }
  }

  private static List<Flag> allFlags(List<Verb> path) {
    var all = new ArrayList<>(path.getLast().flags);
    path.forEach(verb -> all.addAll(verb.shared));
    all.add(HELP);
    return all;
  }

  private Optional<Verb> verb(String name) {
    return verbs.stream()
        .filter(verb -> verb.name().equals(name) || verb.aliases.contains(name))
        .findFirst();
  }

  String name() {
    int space = use.indexOf(' ');
    return space < 0 ? use : use.substring(0, space);
  }

  /** The words that lead here. */
  String path(List<Verb> path, Program program) {
    var words = new ArrayList<String>(List.of(program.root()));
    if (program.isPlugin()) {
      words.add(path.getFirst().name());
    }
    path.stream().skip(1).forEach(verb -> words.add(verb.name()));
    return String.join(" ", words);
  }

  String useLine(List<Verb> path, Program program) {
    int space = use.indexOf(' ');
    return path(path, program) + (space < 0 ? "" : use.substring(space));
  }

  String description() {
    return description;
  }

  List<String> aliases() {
    return aliases;
  }

  boolean isGroup() {
    return !verbs.isEmpty();
  }

  /** Own flags that help shows, by name; help itself among them. */
  List<Flag> visibleFlags(boolean root) {
    return Stream.of(flags.stream(), root ? shared.stream() : Stream.<Flag>of(), Stream.of(HELP))
        .flatMap(some -> some)
        .filter(flag -> !flag.hidden())
        .sorted(Comparator.comparing(Flag::name))
        .toList();
  }

  List<Flag> visibleShared() {
    return shared.stream()
        .filter(flag -> !flag.hidden())
        .sorted(Comparator.comparing(Flag::name))
        .toList();
  }

  List<Verb> visibleVerbs() {
    return verbs.stream()
        .filter(verb -> !verb.hidden)
        .sorted(Comparator.comparing(Verb::name))
        .toList();
  }
}
