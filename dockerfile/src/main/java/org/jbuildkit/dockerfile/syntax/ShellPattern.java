package org.jbuildkit.dockerfile.syntax;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/**
 * A pattern in a variable's operator: {@code *} and {@code ?} match anything but line ends, a
 * backslash takes itself, wildcards, slashes and closing braces literally. Patterns come from
 * strangers, so they are matched in time linear in the text.
 */
final class ShellPattern {
  private static final String LITERALS = "*?\\}/";

  private static final long MOST_WORK = 1 << 26;

  private final List<String> parts;

  private ShellPattern(List<String> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * @param isGreedy whether a star takes as much as it can
   * @throws IllegalArgumentException {@code invalid pattern (P) in substitution: …}
   */
  static ShellPattern of(String text, boolean isGreedy) {
    var parts = new ArrayList<String>();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '*' -> parts.add(isGreedy ? ".*" : ".*?");
        case '?' -> parts.add(".");
        case '\\' -> {
          if (i >= text.length()) {
            throw new IllegalArgumentException(
                "invalid pattern (%s) in substitution: trailing backslash".formatted(text));
          }
          char literal = text.charAt(i++);
          if (LITERALS.indexOf(literal) < 0) {
            throw new IllegalArgumentException(
                "invalid pattern (%s) in substitution: invalid escape '\\%s'"
                    .formatted(text, literal));
          }
          parts.add(Pattern.quote(String.valueOf(literal)));
        }
        default -> parts.add(Pattern.quote(Character.toString(c)));
      }
    }
    return new ShellPattern(parts);
  }

  /** A pattern may have all its parts under way at once, for every character. */
  private Pattern compiled(String start, String end, String value) {
    if ((long) parts.size() * value.length() > MOST_WORK) {
      throw new IllegalArgumentException(
          "a pattern of %d characters is too long for a value of %d"
              .formatted(parts.size(), value.length()));
    }
    return Pattern.compile(start + String.join("", parts) + end);
  }

  String withoutPrefix(String value) {
    var match = compiled("^", "", value).matcher(value);
    return match.find() ? value.substring(match.end()) : value;
  }

  /** The shortest suffix is the shortest prefix of the value read backwards. */
  String withoutSuffix(String value, boolean longest) {
    if (longest) {
      var match = compiled("(?:", ")\\z", value).matcher(value);
      return match.find() ? value.substring(0, match.start()) : value;
    }
    var backwards = new StringBuilder(value).reverse().toString();
    var rest = new ShellPattern(parts.reversed()).withoutPrefix(backwards);
    return new StringBuilder(rest).reverse().toString();
  }

  String replaceFirst(String value, String replacement) {
    var match = compiled("", "", value).matcher(value);
    return match.find()
        ? value.substring(0, match.start()) + replacement + value.substring(match.end())
        : value;
  }

  /**
   * Replaces all matches; no empty one directly behind another.
   *
   * @param limit for the length of the result
   */
  String replaceAll(String value, String template, int limit) {
    var out = new StringBuilder();
    var match = compiled("", "", value).matcher(value);
    int copied = 0;
    int from = 0;
    while (from <= value.length() && match.find(from)) {
      out.append(value, copied, match.start());
      if (match.end() > copied || match.start() == 0) {
        out.append(filled(template, match.group()));
        if (out.length() > limit) {
          throw new IllegalArgumentException(
              "the result is longer than %d characters".formatted(limit));
        }
      }
      copied = match.end();
      from = Math.max(match.end(), next(value, from));
    }
    return out.append(value.substring(copied)).toString();
  }

  private static int next(String value, int at) {
    return at < value.length() ? at + Character.charCount(value.codePointAt(at)) : at + 1;
  }

  /** Dollars name groups, of which there is only the whole match. */
  private static String filled(String template, String match) {
    var out = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c != '$') {
        out.append(c);
        continue;
      }
      boolean isDollar = i + 1 < template.length() && template.charAt(i + 1) == '$';
      boolean hasBrace = i + 1 < template.length() && template.charAt(i + 1) == '{';
      int start = i + (hasBrace ? 2 : 1);
      int end = start;
      while (end < template.length() && isNamePart(template.charAt(end))) {
        end++;
      }
      boolean isClosed = !hasBrace || (end < template.length() && template.charAt(end) == '}');
      if (isDollar) {
        out.append('$');
        i++;
      } else if (end == start || !isClosed) {
        out.append('$');
      } else {
        out.append(template.substring(start, end).equals("0") ? match : "");
        i = hasBrace ? end : end - 1;
      }
    }
    return out.toString();
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
