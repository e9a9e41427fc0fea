package org.jbuildkit.base.glob;

import java.util.regex.PatternSyntaxException;
import org.jbuildkit.base.BuildException;

/**
 * One line of a {@link PatternMatcher}, compiled.
 *
 * @param text without the exclamation mark
 * @param negated whether matching takes a path back in
 */
record Pattern(String text, boolean negated, java.util.regex.Pattern regex) {
  private static final String REGEX_SPECIALS = ".+()|{}$";

  static Pattern compile(String text, boolean negated) {
    Wildcard.of(text);
    try {
      return new Pattern(text, negated, java.util.regex.Pattern.compile(regex(text)));
    } catch (PatternSyntaxException e) {
      throw new BuildException(org.jbuildkit.base.ErrorCode.UNKNOWN, "syntax error in pattern", e);
    }
  }

  boolean matches(String path) {
    return regex.matcher(path).matches();
  }

  private static String regex(String text) {
    var regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '*') {
        if (i + 1 < text.length() && text.charAt(i + 1) == '*') {
          i = doubleStar(text, i, regex);
        } else {
          regex.append("[^/]*");
        }
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (REGEX_SPECIALS.indexOf(c) >= 0) {
        regex.append('\\').append(c);
      } else if (c == '\\' && i + 1 < text.length()) {
        regex.append('\\').append(text.charAt(++i));
      } else {
        regex.append(c);
      }
    }
    return regex.toString();
  }

  /** {@code **} at the end takes all; {@code **}{@code /} also takes no directory at all. */
  private static int doubleStar(String text, int i, StringBuilder regex) {
    int next = i + 2;
    if (next >= text.length()) {
      regex.append(".*");
      return next - 1;
    }
    if (text.charAt(next) == '/') {
      regex.append("(?:.*/)?");
      return next;
    }
    regex.append(".*");
    return next - 1;
  }
}
