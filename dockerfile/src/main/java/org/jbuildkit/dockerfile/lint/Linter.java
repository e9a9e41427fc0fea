package org.jbuildkit.dockerfile.lint;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorDetail;

/** Passes on what breaks the rules that count. Not for several threads. */
public final class Linter {
  /** Passes on nothing. */
  public static Linter silent() {
    return new Linter(new Checks(Set.of(Checks.ALL), Set.of(), false), _ -> {});
  }

  private final Checks checks;
  private final Consumer<Finding> sink;
  private final Set<Rule> broken;
  private final AtomicLong told;

  /** How many lines all that is told may be about: one instruction may have very many of both. */
  private static final long MOST_LINES = 1_000_000;

  /**
   * A breach of a rule.
   *
   * @param text what is wrong
   * @param ranges where; may be none
   */
  public record Finding(Rule rule, String text, List<ErrorDetail.Range> ranges) {
    public Finding {
      ranges = List.copyOf(ranges);
    }
  }

  public Linter(Checks checks, Consumer<Finding> sink) {
    this(checks, sink, new TreeSet<>(), new AtomicLong());
  }

  private Linter(Checks checks, Consumer<Finding> sink, Set<Rule> broken, AtomicLong told) {
    this.checks = checks;
    this.sink = sink;
    this.broken = broken;
    this.told = told;
  }

  /** The same linter for one instruction, whose comments may turn rules off and on. */
  public Linter with(List<String> comments) {
    return comments.isEmpty() ? this : new Linter(checks.with(comments), sink, broken, told);
  }

  /**
   * Tells of a breach, if the rule counts.
   *
   * @param details fill the gaps of the rule's text
   */
  public void report(Rule rule, List<ErrorDetail.Range> ranges, Object... details) {
    if (checks.counts(rule)) {
      broken.add(rule);
      if (told.addAndGet(ranges.size() + 1L) > MOST_LINES) {
        return;
      }
      sink.accept(new Finding(rule, rule.text(details), ranges));
    }
  }

  /**
   * @throws BuildException if rules were broken and that is to fail the build
   */
  public void failIfAsked() {
    if (checks.failsBuild() && !broken.isEmpty()) {
      throw BuildException.invalid(
          "lint violation found for rules: "
              + broken.stream().map(Rule::title).collect(Collectors.joining(", ")));
    }
  }
}
