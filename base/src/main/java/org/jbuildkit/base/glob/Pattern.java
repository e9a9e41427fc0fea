package org.jbuildkit.base.glob;

import com.google.re2j.PatternSyntaxException;
import java.util.function.Predicate;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;

/**
 * One line of a {@link PatternMatcher}, compiled. Patterns without classes or wildcards compare
 * texts; the others become an expression that is matched in time linear in the path, since patterns
 * come from strangers.
 *
 * @param text without the exclamation mark
 * @param negated whether matching takes a path back in
 */
record Pattern(String text, boolean negated, Predicate<String> test) {
  private static final String REGEX_SPECIALS = ".+()|{}$";

  /** The engine follows a run of assertions by recursion, so runs are kept short. */
  private static final int MAX_ASSERTIONS = 1000;

  static Pattern compile(String text, boolean negated) {
    Wildcard.of(text);
    return new Pattern(text, negated, test(text));
  }

  boolean matches(String path) {
    return test.test(path);
  }

  private static Predicate<String> test(String text) {
    var translation = new Translation(text);
    return switch (translation.kind) {
      case EXACT -> text::equals;
      case PREFIX -> startsWith(text.substring(0, text.length() - 2));
      case SUFFIX -> endsWith(text.substring(2));
      case EXPRESSION -> expression(translation);
    };
  }

  private static Predicate<String> startsWith(String prefix) {
    return path -> path.startsWith(prefix);
  }

  private static Predicate<String> endsWith(String suffix) {
    boolean takesRoot = suffix.startsWith("/");
    return path -> path.endsWith(suffix) || (takesRoot && path.equals(suffix.substring(1)));
  }

  /** A bad expression fails when it is first used, not before: a line that no path gets to may. */
  private static Predicate<String> expression(Translation translation) {
    if (translation.assertions > MAX_ASSERTIONS) {
      throw BuildException.invalid(Wildcard.BAD_PATTERN);
    }
    com.google.re2j.Pattern compiled;
    try {
      compiled = com.google.re2j.Pattern.compile(translation.regex.append('$').toString());
    } catch (PatternSyntaxException e) {
      return _ -> {
        throw new BuildException(ErrorCode.UNKNOWN, Wildcard.BAD_PATTERN, e);
      };
    }
    return path -> compiled.matcher(path).find();
  }

  private enum Kind {
    EXACT,
    PREFIX,
    SUFFIX,
    EXPRESSION
  }

  /** A pattern as an expression of the engine, and whether a simpler comparison will do. */
  private static final class Translation {
    private static final String DIRECTORIES = "(.*/)?";
    private static final String NAME_PART = "[^/]*";

    private final StringBuilder regex = new StringBuilder("^");
    private final String text;
    private Kind kind = Kind.EXACT;
    private int assertions;
    private int at;

    Translation(String text) {
      this.text = text;
      while (at < text.length()) {
        boolean isFirst = at == 0;
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c == '*' && at < text.length() && text.charAt(at) == '*') {
          doubleStar(isFirst);
        } else {
          single(c);
        }
      }
    }

    private void single(int c) {
      switch (c) {
        case '*' -> {
          regex.append(NAME_PART);
          kind = Kind.EXPRESSION;
        }
        case '?' -> {
          regex.append("[^/]");
          kind = Kind.EXPRESSION;
        }
        case '[', ']' -> {
          regex.append((char) c);
          kind = Kind.EXPRESSION;
        }
        case '\\' -> escaped();
        case '^' -> {
          assertions++;
          regex.append('^');
        }
        default -> {
          if (REGEX_SPECIALS.indexOf(c) >= 0) {
            regex.append('\\');
          }
          regex.appendCodePoint(c);
        }
      }
    }

    /** The character keeps what it means in an expression: {@code \d} is any digit. */
    private void escaped() {
      if (at < text.length()) {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        assertions++;
        regex.append('\\').appendCodePoint(c);
        kind = Kind.EXPRESSION;
      }
    }

    private void doubleStar(boolean isFirst) {
      at++;
      if (at < text.length() && text.charAt(at) == '/') {
        at++;
      }
      if (at < text.length()) {
        directories();
        kind = Kind.EXPRESSION;
      } else if (kind == Kind.EXACT) {
        kind = Kind.PREFIX;
      } else {
        regex.append(".*");
        kind = Kind.EXPRESSION;
      }
      if (isFirst) {
        kind = Kind.SUFFIX;
      }
    }

    /** Said once: twice would match the same. */
    private void directories() {
      int before = regex.length() - DIRECTORIES.length();
      if (before < 0 || regex.indexOf(DIRECTORIES, before) < 0) {
        regex.append(DIRECTORIES);
      }
    }
  }
}
