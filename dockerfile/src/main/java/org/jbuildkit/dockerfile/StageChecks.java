package org.jbuildkit.dockerfile;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.glob.PatternMatcher;
import org.jbuildkit.dockerfile.lint.Linter;
import org.jbuildkit.dockerfile.lint.Rule;
import org.jbuildkit.dockerfile.syntax.Line;
import org.jbuildkit.dockerfile.syntax.Suggestion;

/** Checks of one instruction that its stage's state decides. */
final class StageChecks {
  private static final Pattern SECRET =
      word("apikey|auth|credential|credentials|key|password|pword|passwd|secret|token");
  private static final Pattern HARMLESS = word("public|file|version");

  /** Among more variables than this nobody's mistake is looked for. */
  private static final int MOST_NAMES = 1000;

  private final Linter lint;
  private final Stage stage;
  private final Line line;

  StageChecks(Linter lint, Stage stage, Line line) {
    this.lint = lint.with(line.comments());
    this.stage = stage;
    this.line = line;
  }

  private static Pattern word(String words) {
    return Pattern.compile("(?i)(?:_|^)(?:" + words + ")(?:_|$)");
  }

  /** Variables that nobody set and no ARG of the stage declares. */
  void undefined(Lookup lookup) {
    for (var name : lookup.missing()) {
      boolean isKnown = stage.arguments.containsKey(name) || name.startsWith("BUILDKIT_SBOM_SCAN_");
      if (!isKnown) {
        var meant =
            Optional.of(lookup.names())
                .filter(names -> names.size() <= MOST_NAMES)
                .flatMap(names -> Suggestion.find(name, names))
                .map(other -> " (did you mean $" + other + "?)")
                .orElse("");
        lint.report(Rule.UNDEFINED_VAR, line.ranges(), name, meant);
      }
    }
  }

  void secretName(String keyword, String name) {
    if (SECRET.matcher(name).find() && !HARMLESS.matcher(name).find()) {
      lint.report(Rule.SECRETS_USED_IN_ARG_OR_ENV, line.ranges(), keyword, name);
    }
  }

  void legacy(boolean isLegacy) {
    if (isLegacy) {
      lint.report(Rule.LEGACY_KEY_VALUE_FORMAT, line.ranges(), line.keyword());
    }
  }

  /** Only the first WORKDIR counts of a stage and those that it starts from. */
  void workdir(String path) {
    boolean isAbsolute = stage.isWindows() ? WindowsPaths.isAbsolute(path) : path.startsWith("/");
    if (!stage.hasWorkdir && !isAbsolute) {
      lint.report(Rule.WORKDIR_RELATIVE_PATH, line.ranges(), path);
    }
    stage.hasWorkdir = true;
  }

  /**
   * An instruction of which only the last one counts.
   *
   * @return where it stands now
   */
  Optional<Line> once(Optional<Line> before) {
    before.ifPresent(earlier ->
        lint.report(Rule.MULTIPLE_INSTRUCTIONS_DISALLOWED, earlier.ranges(), line.keyword()));
    return Optional.of(line);
  }

  void shellForm(boolean isShell) {
    if (isShell && stage.image.shell.isEmpty()) {
      lint.report(Rule.JSON_ARGS_RECOMMENDED, line.ranges(), line.keyword());
    }
  }

  void port(String text) {
    int slash = text.indexOf('/');
    var protocol = slash < 0 ? "" : text.substring(slash + 1);
    if (!protocol.equals(protocol.toLowerCase(Locale.ROOT))) {
      lint.report(Rule.EXPOSE_PROTO_CASING, line.ranges(), text);
    }
    if ((slash < 0 ? text : text.substring(0, slash)).contains(":")) {
      lint.report(Rule.EXPOSE_INVALID_FORMAT, line.ranges(), text);
    }
  }

  /**
   * Sources that the ignore file leaves out of the context, unless it takes anything back in.
   *
   * @param clean the source, cleaned
   */
  void source(boolean isAdd, String clean, Optional<PatternMatcher> ignored) {
    if (ignored.isEmpty() || ignored.get().hasNegated()) {
      return;
    }
    boolean isRoot = clean.equals(".") || clean.equals("/");
    boolean isIgnored =
        (!isRoot || ignored.get().namesEverything()) && matches(ignored.get(), clean);
    if (isIgnored) {
      lint.report(Rule.COPY_IGNORED_FILE, line.ranges(), isAdd ? "Add" : "Copy", clean);
    }
  }

  /** A bad pattern matches nothing here; the transfer tells of it. */
  private static boolean matches(PatternMatcher patterns, String path) {
    try {
      return patterns.matches(path);
    } catch (BuildException _) {
      return false;
    }
  }
}
