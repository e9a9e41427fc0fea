package org.jbuildkit.base.glob;

import org.jbuildkit.base.BuildException;

/**
 * Go's {@code filepath.Match} on Linux: {@code *} and {@code ?} don't match a slash, {@code [a-z]}
 * and {@code [^a]} are classes, a backslash takes the next character literally. Matches the whole
 * name.
 */
public final class Wildcard {
  private static final String BAD_PATTERN = "syntax error in pattern";

  private final String pattern;

  private Wildcard(String pattern) {
    this.pattern = pattern;
  }

  /**
   * @throws BuildException {@code syntax error in pattern}
   */
  public static Wildcard of(String pattern) {
    var wildcard = new Wildcard(pattern);
    wildcard.check();
    return wildcard;
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

  private void check() {
    for (int p = 0; p < pattern.length(); ) {
      p =
          switch (pattern.charAt(p)) {
            case '[' -> classAt(p, -1).end();
            case '\\' -> escaped(p) + 1;
            default -> p + 1;
          };
    }
  }

  private int escaped(int p) {
    if (p + 1 >= pattern.length()) {
      throw BuildException.invalid(BAD_PATTERN);
    }
    return p + 1;
  }

  public boolean matches(String name) {
    return matches(0, name, 0);
  }

  private boolean matches(int p, String name, int n) {
    while (p < pattern.length()) {
      char c = pattern.charAt(p);
      if (c == '*') {
        return matchesStar(p + 1, name, n);
      }
      if (n >= name.length()) {
        return false;
      }
      int point = name.codePointAt(n);
      int width = Character.charCount(point);
      if (c == '[') {
        var found = classAt(p, point);
        if (!found.matched()) {
          return false;
        }
        p = found.end();
      } else if (c == '?') {
        if (point == '/') {
          return false;
        }
        p++;
      } else {
        int literal = c == '\\' ? escaped(p) : p;
        if (pattern.codePointAt(literal) != point) {
          return false;
        }
        p = literal + width;
      }
      n += width;
    }
    return n == name.length();
  }

  private boolean matchesStar(int p, String name, int n) {
    for (int i = n; i <= name.length(); i++) {
      if (matches(p, name, i)) {
        return true;
      }
      if (i < name.length() && name.charAt(i) == '/') {
        return false;
      }
    }
    return false;
  }

  private record Found(boolean matched, int end) {}

  private Found classAt(int start, int point) {
    int p = start + 1;
    boolean negated = p < pattern.length() && pattern.charAt(p) == '^';
    if (negated) {
      p++;
    }
    boolean matched = false;
    for (int ranges = 0; ; ranges++) {
      if (p >= pattern.length()) {
        throw BuildException.invalid(BAD_PATTERN);
      }
      if (pattern.charAt(p) == ']' && ranges > 0) {
        return new Found(matched != negated, p + 1);
      }
      int low = bound(p);
      p += boundWidth(p);
      int high = low;
      if (p < pattern.length() && pattern.charAt(p) == '-') {
        high = bound(p + 1);
        p += 1 + boundWidth(p + 1);
      }
      matched |= low <= point && point <= high;
    }
  }

  private int bound(int p) {
    if (p >= pattern.length() || pattern.charAt(p) == '-' || pattern.charAt(p) == ']') {
      throw BuildException.invalid(BAD_PATTERN);
    }
    return pattern.codePointAt(pattern.charAt(p) == '\\' ? escaped(p) : p);
  }

  private int boundWidth(int p) {
    boolean escape = pattern.charAt(p) == '\\';
    return (escape ? 1 : 0) + Character.charCount(pattern.codePointAt(escape ? p + 1 : p));
  }
}
