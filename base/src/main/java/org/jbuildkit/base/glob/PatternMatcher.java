package org.jbuildkit.base.glob;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ContainerPath;

/**
 * Ordered patterns of a .dockerignore file or a file filter, as {@code moby/patternmatcher} has
 * them. A later pattern overrides an earlier one; {@code !} takes paths back in; a pattern that
 * matches a directory matches all below it.
 *
 * <p>Paths are relative, slash-separated and clean.
 */
public final class PatternMatcher {
  private static final Set<String> EVERYTHING = Set.of("*", "**", "**/*");

  private final List<Pattern> patterns;

  private PatternMatcher(List<Pattern> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /**
   * @throws BuildException {@code syntax error in pattern} or {@code illegal exclusion pattern:
   *     "!"}
   */
  public static PatternMatcher of(List<String> lines) {
    var patterns = new ArrayList<Pattern>();
    for (var line : lines) {
      var text = line.trim();
      if (text.isEmpty()) {
        continue;
      }
      text = ContainerPath.cleaned(text);
      boolean negated = text.startsWith("!");
      if (negated && text.length() == 1) {
        throw BuildException.invalid("illegal exclusion pattern: \"!\"");
      }
      patterns.add(Pattern.compile(negated ? text.substring(1) : text, negated));
    }
    return new PatternMatcher(patterns);
  }

  /** How many patterns there are. */
  public int size() {
    return patterns.size();
  }

  public boolean isEmpty() {
    return patterns.isEmpty();
  }

  /** Whether some pattern takes paths back in, so that matched directories must be entered. */
  public boolean hasNegated() {
    return patterns.stream().anyMatch(Pattern::negated);
  }

  /** Whether some pattern is one of those that leave out every entry of the root. */
  public boolean namesEverything() {
    return patterns.stream().anyMatch(p -> !p.negated() && EVERYTHING.contains(p.text()));
  }

  /** Whether a path matches, by itself or through a directory above it. */
  public boolean matches(String path) {
    boolean matched = false;
    for (var pattern : patterns) {
      if (pattern.negated() == matched && matchesWithParents(pattern, path)) {
        matched = !pattern.negated();
      }
    }
    return matched;
  }

  private static boolean matchesWithParents(Pattern pattern, String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (pattern.matches(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  /** What a directory hands to its children in a walk: which patterns matched it. */
  public record Match(boolean isMatched, BitSet flags) {
    /** For the entries of the root. */
    public static final Match ROOT = new Match(false, new BitSet());
  }

  /** Matches the next entry of a walk, given what its directory got. */
  public Match matches(String path, Match parent) {
    boolean matched = false;
    var flags = new BitSet(patterns.size());
    for (int i = 0; i < patterns.size(); i++) {
      var pattern = patterns.get(i);
      boolean hit = parent.flags().get(i);
      if (!hit && pattern.negated() == matched) {
        hit = pattern.matches(path);
      }
      if (hit) {
        flags.set(i);
        matched = !pattern.negated();
      }
    }
    return new Match(matched, flags);
  }

  /** Whether something below a directory could still match a pattern that is not negated. */
  public boolean canMatchBelow(String directory) {
    return patterns.stream().anyMatch(p -> !p.negated() && canMatchBelow(p, directory));
  }

  /** Whether something below a directory could be taken back in. */
  public boolean canTakeBackBelow(String directory) {
    return patterns.stream().anyMatch(p -> p.negated() && canMatchBelow(p, directory));
  }

  /**
   * Component by component; what is no plain wildcard, and all after a double star, could match.
   */
  private static boolean canMatchBelow(Pattern pattern, String directory) {
    var wanted = pattern.text().split("/", -1);
    var have = directory.split("/", -1);
    for (int i = 0; i < have.length; i++) {
      if (i >= wanted.length || wanted[i].contains("**") || isUnusual(wanted[i])) {
        return true;
      }
      if (!Wildcard.of(wanted[i]).matches(have[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnusual(String part) {
    return part.chars().anyMatch(c -> c == '[' || c == ']' || c == '\\' || c == '^');
  }
}
