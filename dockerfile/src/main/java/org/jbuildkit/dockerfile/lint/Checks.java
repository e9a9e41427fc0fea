package org.jbuildkit.dockerfile.lint;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.GoQuote;
import org.jbuildkit.dockerfile.syntax.GoBool;

/**
 * Which rules count, as {@code skip=A,B;experimental=all;error=true} says.
 *
 * @param skipped rules by name, or {@link #ALL} alone
 * @param experimental rules by name, or {@link #ALL} alone
 * @param failsBuild whether a breach fails the build in the end
 */
public record Checks(Set<String> skipped, Set<String> experimental, boolean failsBuild) {
  /** Stands for every rule. */
  static final String ALL = "all";

  private static final int MAX_OPTIONS = 3;
  private static final Pattern COMMENT = Pattern.compile("(?i)check[ \t]*=[ \t]*(\\S.*)");

  /** Every rule that is not experimental. */
  public static final Checks DEFAULT = new Checks(Set.of(), Set.of(), false);

  public Checks {
    skipped = Set.copyOf(skipped);
    experimental = Set.copyOf(experimental);
  }

  /**
   * @throws BuildException {@code invalid check option …} or {@code failed to parse check option …}
   */
  public static Checks parse(String text) {
    var checks = DEFAULT;
    if (text.isBlank()) {
      return checks;
    }
    for (var option : text.trim().split(";", MAX_OPTIONS)) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw BuildException.invalid("invalid check option " + GoQuote.quote(option));
      }
      checks =
          checks.with(
              option, option.substring(0, equals).trim(), option.substring(equals + 1).trim());
    }
    return checks;
  }

  private Checks with(String option, String key, String value) {
    return switch (key) {
      case "skip" -> new Checks(names(value), experimental, failsBuild);
      case "experimental" -> new Checks(skipped, names(value), failsBuild);
      case "error" -> new Checks(skipped, experimental, flag(option, value));
      default -> throw BuildException.invalid("invalid check option " + GoQuote.quote(key));
    };
  }

  private static Set<String> names(String value) {
    var names = new HashSet<>(Arrays.stream(value.split(",", -1)).map(String::trim).toList());
    if (names.size() > 1) {
      names.remove(ALL);
    }
    return names;
  }

  private static boolean flag(String option, String value) {
    return GoBool.parse(value)
        .orElseThrow(() ->
            BuildException.invalid(
                "failed to parse check option %s: strconv.ParseBool: parsing %s: invalid syntax"
                    .formatted(GoQuote.quote(option), GoQuote.quote(value))));
  }

  /** The same with what a comment above an instruction adds; bad ones add nothing. */
  Checks with(List<String> comments) {
    var added = comments.stream().flatMap(comment -> directive(comment).stream()).findFirst();
    if (added.isEmpty()) {
      return this;
    }
    try {
      var more = parse(added.get());
      return new Checks(
          union(skipped, more.skipped), union(experimental, more.experimental), failsBuild);
    } catch (BuildException _) {
      return this;
    }
  }

  /** The options in a comment's text, up to the first blank. */
  private static Optional<String> directive(String comment) {
    var match = COMMENT.matcher(comment);
    return match.matches() ? Optional.of(match.group(1).split(" ", 2)[0]) : Optional.empty();
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    var all = new HashSet<>(a);
    all.addAll(b);
    return all;
  }

  boolean counts(Rule rule) {
    return rule.isExperimental() ? names(experimental, rule) : !names(skipped, rule);
  }

  private static boolean names(Set<String> rules, Rule rule) {
    return rules.contains(ALL) || rules.contains(rule.title());
  }
}
