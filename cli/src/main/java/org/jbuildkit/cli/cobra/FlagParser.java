package org.jbuildkit.cli.cobra;

import java.util.List;
import java.util.Optional;
import org.jbuildkit.cli.ByteSize;
import org.jbuildkit.cli.CsvFields;
import org.jbuildkit.cli.Flag;
import org.jbuildkit.cli.GoValues;
import org.jbuildkit.cli.Invocation;
import org.jbuildkit.cli.UsageException;

/** Reads flags one word at a time. */
final class FlagParser {
  private final List<Flag> flags;
  private final Invocation into;

  FlagParser(List<Flag> flags, Invocation into) {
    this.flags = flags;
    this.into = into;
  }

  /**
   * Reads the flags that the word at {@code index} has.
   *
   * @return the index of the last word read
   * @throws UsageException for an unknown flag or a bad value
   */
  int read(List<String> words, int index) {
    var word = words.get(index);
    return word.startsWith("--") ? readLong(words, index) : readShorts(words, index);
  }

  private int readLong(List<String> words, int index) {
    var word = words.get(index);
    int equals = word.indexOf('=');
    var name = equals < 0 ? word.substring(2) : word.substring(2, equals);
    if (name.isEmpty() || name.startsWith("-")) {
      throw new UsageException("bad flag syntax: " + word);
    }
    var flag = find(name, false).orElseThrow(() -> new UsageException("unknown flag: --" + name));
    if (equals >= 0) {
      set(flag, name, word.substring(equals + 1));
    } else if (flag.kind() == Flag.Kind.BOOL) {
      set(flag, name, "true");
    } else if (index + 1 < words.size()) {
      set(flag, name, words.get(index + 1));
      return index + 1;
    } else {
      throw new UsageException("flag needs an argument: " + word);
    }
    return index;
  }

  private int readShorts(List<String> words, int index) {
    var word = words.get(index);
    for (int i = 1; i < word.length(); i++) {
      var letter = word.substring(i, i + 1);
      var flag =
          find(letter, true)
              .orElseThrow(() ->
                  new UsageException(
                      "unknown shorthand flag: '" + letter + "' in -" + word.substring(1)));
      var rest = word.substring(i + 1);
      if (rest.length() > 1 && rest.startsWith("=")) {
        set(flag, flag.name(), rest.substring(1));
        return index;
      }
      if (flag.kind() == Flag.Kind.BOOL) {
        set(flag, flag.name(), "true");
      } else if (!rest.isEmpty()) {
        set(flag, flag.name(), rest);
        return index;
      } else if (index + 1 < words.size()) {
        set(flag, flag.name(), words.get(index + 1));
        return index + 1;
      } else {
        throw new UsageException("flag needs an argument: '" + letter + "' in " + word);
      }
    }
    return index;
  }

  private Optional<Flag> find(String name, boolean isShort) {
    return flags.stream()
        .filter(flag -> flag.names().contains(name) && (name.length() == 1) == isShort)
        .findFirst();
  }

  private void set(Flag flag, String name, String value) {
    problem(flag, value)
        .ifPresent(problem -> {
          throw new UsageException(
              "invalid argument \""
                  + value
                  + "\" for \""
                  + title(flag, name)
                  + "\" flag: "
                  + problem);
        });
    if (flag.kind() == Flag.Kind.SLICE) {
      (value.isEmpty() ? List.<String>of() : CsvFields.parse(value))
          .forEach(field -> into.set(flag, field));
    } else {
      into.set(flag, value);
    }
  }

  /** The flag as error texts name it. */
  private static String title(Flag flag, String name) {
    var letter = flag.names().stream().filter(other -> other.length() == 1).findFirst();
    return letter.map(text -> "-" + text + ", ").orElse("")
        + "--"
        + (name.length() == 1 ? flag.name() : name);
  }

  private static Optional<String> problem(Flag flag, String value) {
    return switch (flag.kind()) {
      case TEXT, LIST -> Optional.empty();
      case SLICE -> csvProblem(value);
      case BOOL -> parse(GoValues.parseBool(value).isPresent(), "ParseBool", value);
      case INT -> parse(value.matches("[+-]?[0-9]{1,18}"), "ParseInt", value);
      case FLOAT -> parse(value.matches("[+-]?[0-9]+(\\.[0-9]*)?"), "ParseFloat", value);
      case DURATION ->
          GoValues.parseDuration(value).isPresent()
              ? Optional.empty()
              : Optional.of("time: invalid duration \"" + value + "\"");
      case BYTES ->
          ByteSize.parse(value).isPresent()
              ? Optional.empty()
              : Optional.of("invalid size: '" + value + "'");
    };
  }

  private static Optional<String> csvProblem(String value) {
    try {
      var _ = value.isEmpty() ? List.of() : CsvFields.parse(value);
      return Optional.empty();
    } catch (UsageException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  private static Optional<String> parse(boolean valid, String function, String value) {
    return valid
        ? Optional.empty()
        : Optional.of("strconv." + function + ": parsing \"" + value + "\": invalid syntax");
  }

  /** Whether a word is a flag, or several. */
  static boolean isFlag(String word) {
    return word.length() > 1 && word.startsWith("-");
  }

  /** How many words the flag at {@code index} takes, without judging it. */
  int width(List<String> words, int index) {
    var word = words.get(index);
    if (word.contains("=")) {
      return 1;
    }
    var found =
        word.startsWith("--")
            ? find(word.substring(2), false)
            : find(word.substring(word.length() - 1), true);
    boolean takesNext = found.isPresent() && found.get().kind() != Flag.Kind.BOOL;
    return takesNext ? 2 : 1;
  }
}
