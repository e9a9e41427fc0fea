package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.CsvRecord;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.base.GoSpace;

/**
 * Reads logical lines as instructions, with the texts of BuildKit's {@code instructions} package.
 */
public final class InstructionReader {
  private static final List<String> KEYWORDS =
      List.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");
  private static final Set<String> NETWORKS = Set.of("default", "none", "host");

  private final Line line;
  private final char escape;

  private InstructionReader(Line line, char escape) {
    this.line = line;
    this.escape = escape;
  }

  /** A mistake that upstream finds before it knows instructions, and tells without the line. */
  private SyntaxException unprefixed(String message) {
    return new SyntaxException(message, line.firstLine(), line.lastLine());
  }

  /**
   * @throws SyntaxException {@code dockerfile parse error on line N: …}
   */
  public static Instruction read(Line line, char escape) {
    try {
      return new InstructionReader(line, escape).read();
    } catch (IllegalArgumentException e) {
      throw new SyntaxException(
          "dockerfile parse error on line " + line.firstLine() + ": " + e.getMessage(),
          line.firstLine(),
          line.lastLine());
    }
  }

  /**
   * Looks for mistakes that are noticed while the file is cut into lines, before any instruction is
   * understood.
   */
  static void check(Line line, char escape) {
    new InstructionReader(line, escape).checkWords();
  }

  private void checkWords() {
    var keyword = line.keyword().toUpperCase(Locale.ROOT);
    switch (keyword) {
      case "ENV", "LABEL" -> checkPairs(keyword);
      case "RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "COPY", "ADD" -> checkList(line.rest());
      case "HEALTHCHECK" -> {
        var parts = line.rest().split("\\s+", 2);
        checkList(parts.length > 1 ? parts[1] : "");
      }
      case "ONBUILD" -> {
        if (!line.rest().isEmpty()) {
          var inner = DockerfileParser.inner(line, escape);
          new InstructionReader(inner, escape).checkWords();
        }
      }
      default -> {}
    }
  }

  private void checkList(String text) {
    try {
      var _ = JsonForm.parse(text);
    } catch (IllegalArgumentException e) {
      throw unprefixed(JsonForm.NOT_TEXTS);
    }
  }

  private void checkPairs(String keyword) {
    var words = QuotedWords.split(line.rest(), escape);
    if (!words.isEmpty() && !words.getFirst().contains("=")) {
      if (line.rest().split("\\s+", 2).length < 2) {
        throw unprefixed(keyword + " must have two arguments");
      }
      return;
    }
    for (var word : words) {
      if (!word.contains("=")) {
        throw unprefixed(
            "Syntax error - can't find = in %s. Must be of the form: name=value"
                .formatted(GoQuote.quote(word)));
      }
    }
  }

  private Instruction read() {
    var keyword = line.keyword().toUpperCase(Locale.ROOT);
    return switch (keyword) {
      case "FROM" -> from();
      case "ARG" -> arg();
      case "ENV" -> new Instruction.Env(line, named("ENV"), isLegacy());
      case "LABEL" -> new Instruction.Label(line, named("LABEL"), isLegacy());
      case "RUN" -> run();
      case "COPY" -> copy(false);
      case "ADD" -> copy(true);
      case "WORKDIR" -> new Instruction.Workdir(line, one("WORKDIR"));
      case "USER" -> new Instruction.User(line, one("USER"));
      case "CMD" -> new Instruction.Cmd(line, plainCommand());
      case "ENTRYPOINT" -> new Instruction.Entrypoint(line, plainCommand());
      case "EXPOSE" -> expose();
      case "VOLUME" -> volume();
      case "HEALTHCHECK" -> HealthcheckReader.read(line);
      case "SHELL" -> shell();
      case "STOPSIGNAL" -> new Instruction.StopSignal(line, one("STOPSIGNAL"));
      case "ONBUILD" -> onbuild();
      case "MAINTAINER" -> new Instruction.Maintainer(line, one("MAINTAINER"));
      default ->
          throw new IllegalArgumentException(
              "unknown instruction: "
                  + line.keyword()
                  + Suggestion.anyCase(line.keyword(), KEYWORDS));
    };
  }

  private Flags flags(String... known) {
    return new Flags(line.flags(), List.of(known));
  }

  private static List<String> blankSeparated(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("[\t\u000b\f\r ]+", -1));
  }

  private String one(String keyword) {
    if (line.rest().isEmpty()) {
      throw new IllegalArgumentException(keyword + " requires exactly one argument");
    }
    if (!keyword.equals("STOPSIGNAL")) {
      flags();
    }
    return line.rest();
  }

  private Instruction from() {
    var words = blankSeparated(line.rest());
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("as");
    if (words.size() != 1 && !named) {
      throw new IllegalArgumentException("FROM requires either one or three arguments");
    }
    Optional<String> stage = named ? Optional.of(stageName(words.get(2))) : Optional.empty();
    var flags = flags("platform");
    return new Instruction.From(line, words.getFirst(), stage, flags.text("platform"));
  }

  private static String stageName(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    if (!lower.matches("[a-z][a-z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "invalid name for build stage: %s, name can't start with a number or contain symbols"
              .formatted(GoQuote.quote(name)));
    }
    return lower;
  }

  private Instruction arg() {
    var words = QuotedWords.split(line.rest(), escape);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("ARG requires at least one argument");
    }
    var pairs = new ArrayList<Instruction.Pair>();
    for (var word : words) {
      int equals = word.indexOf('=');
      var name = equals < 0 ? word : word.substring(0, equals);
      if (name.isEmpty()) {
        throw new IllegalArgumentException("ARG names can not be blank");
      }
      pairs.add(
          new Instruction.Pair(
              name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
    }
    return new Instruction.Arg(line, pairs);
  }

  private boolean isLegacy() {
    return !QuotedWords.split(line.rest(), escape).getFirst().contains("=");
  }

  private List<Instruction.Pair> named(String keyword) {
    flags();
    var words = QuotedWords.split(line.rest(), escape);
    if (words.isEmpty()) {
      throw new IllegalArgumentException(keyword + " requires at least one argument");
    }
    if (!words.getFirst().contains("=")) {
      var parts = line.rest().split("\\s+", 2);
      return List.of(new Instruction.Pair(parts[0], Optional.of(parts[1])));
    }
    var pairs = new ArrayList<Instruction.Pair>();
    for (var word : words) {
      int equals = word.indexOf('=');
      if (equals == 0) {
        throw new IllegalArgumentException(keyword + " names can not be blank");
      }
      pairs.add(
          new Instruction.Pair(word.substring(0, equals), Optional.of(word.substring(equals + 1))));
    }
    return pairs;
  }

  private Instruction.Command command() {
    var list = JsonForm.parse(line.rest());
    return list.map(words -> new Instruction.Command(words, false))
        .orElseGet(() -> new Instruction.Command(List.of(line.rest()), true));
  }

  private Instruction.Command plainCommand() {
    flags();
    return command();
  }

  private Instruction run() {
    var flags = flags("mount", "network", "security", "device");
    var network = flags.isGiven("network") ? flags.text("network") : "default";
    if (!NETWORKS.contains(network)) {
      throw new IllegalArgumentException("invalid network mode " + GoQuote.quote(network));
    }
    var security = flags.isGiven("security") ? flags.text("security") : "sandbox";
    if (!security.equals("sandbox") && !security.equals("insecure")) {
      throw new IllegalArgumentException("security " + GoQuote.quote(security) + " is not valid");
    }
    flags.list("device").forEach(DeviceReader::check);
    flags.list("mount").forEach(InstructionReader::refuseVariableOrigin);
    return new Instruction.Run(
        line, command(), flags.list("mount"), network, security, flags.isGiven("device"));
  }

  private static void refuseVariableOrigin(String mount) {
    List<String> fields;
    try {
      fields = CsvRecord.parse(mount);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "failed to parse csv mounts: " + BuildException.describe(e), e);
    }
    for (var field : fields) {
      boolean isOrigin = field.regionMatches(true, 0, "from=", 0, "from=".length());
      int dollar = isOrigin ? field.indexOf('$') : -1;
      if (dollar >= 0 && dollar < field.length() - 1) {
        throw new IllegalArgumentException(
            "'from' doesn't support variable expansion, define alias stage instead");
      }
    }
  }

  private Instruction copy(boolean isAdd) {
    var keyword = isAdd ? "ADD" : "COPY";
    var words = JsonForm.parse(line.rest()).orElseGet(() -> blankSeparated(line.rest()));
    if (words.size() < 2) {
      throw new IllegalArgumentException(
          keyword
              + " requires at least two arguments, but only one was provided."
              + " Destination could not be determined");
    }
    var flags =
        isAdd
            ? flags("chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack")
            : flags("from", "chown", "chmod", "link", "parents", "exclude");
    if (DockerfileParser.heredocMarker(words.getLast()).isPresent()) {
      throw new IllegalArgumentException(keyword + " cannot accept a heredoc as a destination");
    }
    return new Instruction.Copy(
        line,
        isAdd,
        words,
        new Instruction.CopyFlags(
            flags.text("from"),
            flags.text("chown"),
            flags.text("chmod"),
            flags.flag("link"),
            flags.flag("parents"),
            flags.list("exclude"),
            flags.text("checksum"),
            flags.optional("keep-git-dir"),
            flags.optional("unpack")));
  }

  private Instruction expose() {
    var ports = blankSeparated(line.rest());
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("EXPOSE requires at least one argument");
    }
    flags();
    return new Instruction.Expose(line, ports.stream().sorted().toList());
  }

  private Instruction volume() {
    var paths =
        JsonForm.parse(line.rest()).orElseGet(() -> blankSeparated(line.rest())).stream()
            .map(GoSpace::trim)
            .toList();
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("VOLUME requires at least one argument");
    }
    flags();
    if (paths.contains("")) {
      throw new IllegalArgumentException("VOLUME specified can not be an empty string");
    }
    return new Instruction.Volume(line, paths);
  }

  private Instruction shell() {
    flags();
    var words =
        JsonForm.parse(line.rest())
            .orElseThrow(() ->
                new IllegalArgumentException(
                    line.rest().isEmpty()
                        ? "SHELL requires at least one argument"
                        : "SHELL requires the arguments to be in JSON form"));
    if (words.isEmpty()) {
      throw new IllegalArgumentException("SHELL requires at least one argument");
    }
    return new Instruction.Shell(line, words);
  }

  private Instruction onbuild() {
    if (line.rest().isEmpty()) {
      throw new IllegalArgumentException("ONBUILD requires at least one argument");
    }
    flags();
    var trigger = line.rest().split("\\s+", 2)[0].toUpperCase(Locale.ROOT);
    switch (trigger) {
      case "ONBUILD" ->
          throw new IllegalArgumentException(
              "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      case "MAINTAINER", "FROM" ->
          throw new IllegalArgumentException(trigger + " isn't allowed as an ONBUILD trigger");
      default -> {}
    }
    var text = new StringBuilder(line.original().replaceFirst("(?i)^\\s*ONBUILD\\s*", ""));
    for (var heredoc : line.heredocs()) {
      text.append('\n').append(heredoc.body()).append(heredoc.name());
    }
    return new Instruction.Onbuild(line, text.toString());
  }
}
