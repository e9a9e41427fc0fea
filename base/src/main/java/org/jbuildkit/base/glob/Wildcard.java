package org.jbuildkit.base.glob;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;

/**
 * Go's {@code filepath.Match} on Linux: {@code *} and {@code ?} don't match a slash, {@code [a-z]}
 * and {@code [^a]} are classes, a backslash takes the next character literally. Matches the whole
 * name.
 */
public final class Wildcard {
  static final String BAD_PATTERN = "syntax error in pattern";

  /** One character of a name, or any number of them. */
  private sealed interface Part {
    record Literal(int point) implements Part {}

    record AnyOne() implements Part {}

    record Range(int low, int high) {}

    record OneOf(boolean negated, List<Range> ranges) implements Part {}

    record AnyRun() implements Part {}
  }

  private final List<Part> parts;

  private Wildcard(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * @throws BuildException {@code syntax error in pattern}
   */
  public static Wildcard of(String pattern) {
    return new Wildcard(new Reader(pattern).parts());
  }

  /** Whether a path holds a wildcard that no backslash takes literally. */
  public static boolean isIn(String path) {
    for (int i = 0; i < path.length(); i++) {
      switch (path.charAt(i)) {
        case '\\' -> i++;
        case '*', '?', '[' -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }

  public boolean matches(String name) {
    return matches(name.codePoints().toArray()) >= 0;
  }

  /**
   * Matches with at most {@code parts × characters} comparisons: when what follows a star fails,
   * the star takes one character more. Earlier stars are never tried again, since the leftmost
   * place for what stands between two stars leaves the later one the most to choose from.
   *
   * @return how many comparisons were made, or their complement if the name does not match
   */
  int matches(int[] name) {
    int steps = 0;
    int part = 0;
    int at = 0;
    int star = -1;
    int starAt = 0;
    while (at < name.length || part < parts.size()) {
      steps++;
      if (part < parts.size() && parts.get(part) instanceof Part.AnyRun) {
        star = part++;
        starAt = at;
      } else if (part < parts.size() && at < name.length && fits(parts.get(part), name[at])) {
        part++;
        at++;
      } else if (star >= 0 && starAt < name.length && name[starAt] != '/') {
        part = star + 1;
        at = ++starAt;
      } else {
        return ~steps;
      }
    }
    return steps;
  }

  private static boolean fits(Part part, int point) {
    return switch (part) {
      case Part.Literal literal -> literal.point() == point;
      case Part.AnyOne _, Part.AnyRun _ -> point != '/';
      case Part.OneOf set ->
          set.negated()
              != set.ranges().stream().anyMatch(r -> r.low() <= point && point <= r.high());
    };
  }

  private static final class Reader {
    private final String pattern;
    private int at;

    Reader(String pattern) {
      this.pattern = pattern;
    }

    List<Part> parts() {
      var parts = new ArrayList<Part>();
      while (at < pattern.length()) {
        switch (pattern.charAt(at)) {
          case '*' -> {
            at++;
            boolean repeats = !parts.isEmpty() && parts.getLast() instanceof Part.AnyRun;
            if (!repeats) {
              parts.add(new Part.AnyRun());
            }
          }
          case '?' -> {
            at++;
            parts.add(new Part.AnyOne());
          }
          case '[' -> parts.add(oneOf());
          default -> parts.add(new Part.Literal(character()));
        }
      }
      return parts;
    }

    private int character() {
      if (pattern.charAt(at) == '\\') {
        at++;
      }
      if (at >= pattern.length()) {
        throw BuildException.invalid(BAD_PATTERN);
      }
      int point = pattern.codePointAt(at);
      at += Character.charCount(point);
      return point;
    }

    private Part oneOf() {
      at++;
      boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
      if (negated) {
        at++;
      }
      var ranges = new ArrayList<Part.Range>();
      while (at >= pattern.length() || pattern.charAt(at) != ']' || ranges.isEmpty()) {
        int low = bound();
        int high = low;
        if (at < pattern.length() && pattern.charAt(at) == '-') {
          at++;
          high = bound();
        }
        ranges.add(new Part.Range(low, high));
      }
      at++;
      return new Part.OneOf(negated, List.copyOf(ranges));
    }

    private int bound() {
      if (at >= pattern.length() || pattern.charAt(at) == '-' || pattern.charAt(at) == ']') {
        throw BuildException.invalid(BAD_PATTERN);
      }
      return character();
    }
  }
}
