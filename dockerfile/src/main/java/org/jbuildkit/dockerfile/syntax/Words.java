package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.GoQuote;
import org.jspecify.annotations.Nullable;

/**
 * Quotes, escapes and variables in words, as BuildKit's {@code frontend/dockerfile/shell} has them.
 */
public final class Words {
  private static final String SPECIAL_NAMES = "@*#?-$!";
  private static final int MAX_DEPTH = 200;

  private final String text;
  private final char escape;
  private final Function<String, @Nullable String> variables;
  private final Style style;
  private int at;
  private boolean sawOperand;
  private int depth;

  /** How quotes and unset variables are treated. */
  public enum Style {
    /** Quotes group and are dropped. */
    WORD(false, false, false),
    /** Quotes are ordinary, an escape is dropped before anything. */
    DOCUMENT(true, false, false),
    /** As in a shell command that is shown: quotes stay, unset variables stay as written. */
    DISPLAY(false, true, true);

    private final boolean rawQuotes;
    private final boolean keepsQuotes;
    private final boolean keepsUnset;

    Style(boolean rawQuotes, boolean keepsQuotes, boolean keepsUnset) {
      this.rawQuotes = rawQuotes;
      this.keepsQuotes = keepsQuotes;
      this.keepsUnset = keepsUnset;
    }
  }

  private Words(
      String text, char escape, Function<String, @Nullable String> variables, Style style) {
    this.text = text;
    this.escape = escape;
    this.variables = variables;
    this.style = style;
  }

  /**
   * The text with variables replaced.
   *
   * @param variables gives values; null for what is not set
   * @throws BuildException {@code failed to process "TEXT": reason}
   */
  public static String expand(
      String text, char escape, Function<String, @Nullable String> variables, Style style) {
    try {
      return new Words(text, escape, variables, style).until((char) 0, false);
    } catch (IllegalArgumentException e) {
      throw failed(text, e);
    }
  }

  /**
   * The text as words, cut at blanks that are not in quotes, those in values included.
   *
   * <p>What stands before a variable with an operator is lost, as in upstream's.
   *
   * @throws BuildException as {@link #expand}
   */
  public static List<String> words(
      String text, char escape, Function<String, @Nullable String> variables) {
    try {
      return new Words(text, escape, variables, Style.WORD).cut();
    } catch (IllegalArgumentException e) {
      throw failed(text, e);
    }
  }

  private static BuildException failed(String text, IllegalArgumentException e) {
    return new BuildException(
        ErrorCode.UNKNOWN,
        "failed to process %s: %s".formatted(GoQuote.quote(text), e.getMessage()),
        e);
  }

  private List<String> cut() {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean inWord = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean isLiteral = c == '\'' || c == '"' || c == escape;
      var piece = new StringBuilder();
      switch (c) {
        case '\'' -> single(piece);
        case '"' -> doubled(piece);
        case '$' -> {
          sawOperand = false;
          piece.append(variable());
          word.setLength(sawOperand ? 0 : word.length());
        }
        default -> {
          if (c == escape) {
            escaped(piece, false);
          } else {
            piece.append(text.charAt(at++));
          }
        }
      }
      for (char p : piece.toString().toCharArray()) {
        if (isLiteral || !Character.isWhitespace(p)) {
          word.append(p);
        } else if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      }
      inWord = isLiteral || !word.isEmpty();
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** Words at blanks outside of quotes; quotes and escapes stay. */
  public static List<String> split(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    char quote = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Character.isWhitespace(c) && !endsWithMarker(word)) {
        if (inWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
        continue;
      }
      inWord = true;
      word.append(c);
      if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** Blanks between {@code <<} and the name of a document belong to the word. */
  private static boolean endsWithMarker(StringBuilder word) {
    return word.toString().matches("\\d*<<-?\\s*");
  }

  /** The text up to a character, or all; a mistake that reaches the end means that it lacks. */
  private String until(char end, boolean keepEscapes) {
    try {
      return scan(end, keepEscapes);
    } catch (IllegalArgumentException e) {
      throw end != 0 && at >= text.length()
          ? new IllegalArgumentException("syntax error: missing '}'", e)
          : e;
    }
  }

  private String scan(char end, boolean keepEscapes) {
    var out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (end != 0 && c == end) {
        return out.toString();
      }
      if (!style.rawQuotes && c == '\'') {
        single(out);
      } else if (!style.rawQuotes && c == '"') {
        doubled(out);
      } else if (c == '$') {
        out.append(variable());
      } else if (c == escape) {
        escaped(out, keepEscapes);
      } else {
        out.append(c);
        at++;
      }
    }
    if (end != 0) {
      throw new IllegalArgumentException("syntax error: missing '}'");
    }
    return out.toString();
  }

  private void escaped(StringBuilder out, boolean keepEscapes) {
    at++;
    if (at < text.length()) {
      if (keepEscapes) {
        out.append(escape);
      }
      out.append(text.charAt(at++));
    }
  }

  private void single(StringBuilder out) {
    int close = text.indexOf('\'', at + 1);
    if (close < 0) {
      at = text.length();
      throw new IllegalArgumentException(
          "unexpected end of statement while looking for matching single-quote");
    }
    out.append(text, style.keepsQuotes ? at : at + 1, style.keepsQuotes ? close + 1 : close);
    at = close + 1;
  }

  private void doubled(StringBuilder out) {
    at++;
    if (style.keepsQuotes) {
      out.append('"');
    }
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        if (style.keepsQuotes) {
          out.append('"');
        }
        return;
      }
      if (c == '$') {
        out.append(variable());
      } else if (c == escape) {
        at++;
        if (at < text.length()) {
          char next = text.charAt(at++);
          boolean special = next == '"' || next == '$' || next == escape;
          out.append(special ? "" : String.valueOf(escape)).append(next);
        }
      } else {
        out.append(c);
        at++;
      }
    }
    throw new IllegalArgumentException(
        "unexpected end of statement while looking for matching double-quote");
  }

  /** Operators may nest, but not without end: the reader goes down with each. */
  private String variable() {
    if (depth >= MAX_DEPTH) {
      throw new IllegalArgumentException("syntax error: substitutions nested too deep");
    }
    depth++;
    try {
      return substitution();
    } finally {
      depth--;
    }
  }

  private String substitution() {
    int start = at++;
    if (at >= text.length() || text.charAt(at) != '{') {
      var name = name();
      if (name.isEmpty()) {
        return "$";
      }
      return value(name, start);
    }
    at++;
    if (at >= text.length()) {
      throw new IllegalArgumentException("syntax error: missing '}'");
    }
    if ("{}:".indexOf(text.charAt(at)) >= 0) {
      throw new IllegalArgumentException("syntax error: bad substitution");
    }
    var name = name();
    if (at >= text.length()) {
      throw new IllegalArgumentException("unsupported modifier (\uFFFD) in substitution");
    }
    char operator = text.charAt(at++);
    return switch (operator) {
      case '}' -> value(name, start);
      case ':' -> colon(name, start);
      case '+', '-', '?' -> conditional(name, operator, false, start);
      case '#', '%' -> trimmed(name, operator, start);
      case '/' -> replaced(name, start);
      default ->
          throw new IllegalArgumentException(
              "unsupported modifier (" + operator + ") in substitution");
    };
  }

  private String value(String name, int start) {
    var value = variables.apply(name);
    if (value == null) {
      return style.keepsUnset ? text.substring(start, at) : "";
    }
    return value;
  }

  private String name() {
    int start = at;
    if (at < text.length() && SPECIAL_NAMES.indexOf(text.charAt(at)) >= 0) {
      at++;
      return text.substring(start, at);
    }
    boolean digits = at < text.length() && Character.isDigit(text.charAt(at));
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean fits = digits ? Character.isDigit(c) : Character.isLetterOrDigit(c) || c == '_';
      if (!fits) {
        break;
      }
      at++;
    }
    return text.substring(start, at);
  }

  private String colon(String name, int start) {
    if (at >= text.length()) {
      throw new IllegalArgumentException("syntax error: missing '}'");
    }
    char operator = text.charAt(at++);
    if ("+-?".indexOf(operator) < 0) {
      throw new IllegalArgumentException(
          "unsupported modifier (:" + operator + ") in substitution");
    }
    return conditional(name, operator, true, start);
  }

  private String conditional(String name, char operator, boolean emptyCounts, int start) {
    sawOperand = true;
    var word = until('}', false);
    at++;
    var value = variables.apply(name);
    boolean missing = value == null || (emptyCounts && value.isEmpty());
    if (value == null && style.keepsUnset) {
      return text.substring(start, at);
    }
    return switch (operator) {
      case '-' -> missing || value == null ? word : value;
      case '+' -> missing ? "" : word;
      default -> {
        if (missing || value == null) {
          var reason =
              emptyCounts && value != null
                  ? "is not allowed to be empty"
                  : "is not allowed to be unset";
          throw new IllegalArgumentException(name + ": " + (word.isEmpty() ? reason : word));
        }
        yield value;
      }
    };
  }

  private String trimmed(String name, char operator, int start) {
    sawOperand = true;
    boolean longest = at < text.length() && text.charAt(at) == operator;
    if (longest) {
      at++;
    }
    var pattern = until('}', true);
    at++;
    var value = variables.apply(name);
    if (value == null) {
      return style.keepsUnset ? text.substring(start, at) : "";
    }
    if (operator == '#') {
      return ShellPattern.of(pattern, longest).withoutPrefix(value);
    }
    return ShellPattern.of(pattern, longest).withoutSuffix(value, longest);
  }

  private String replaced(String name, int start) {
    sawOperand = true;
    boolean all = at < text.length() && text.charAt(at) == '/';
    if (all) {
      at++;
    }
    String pattern;
    try {
      pattern = until('/', true);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("syntax error: missing '/' in ${}", e);
    }
    at++;
    var replacement = until('}', true);
    at++;
    var value = variables.apply(name);
    if (value == null) {
      return style.keepsUnset ? text.substring(start, at) : "";
    }
    var found = ShellPattern.of(pattern, true);
    return all ? found.replaceAll(value, replacement) : found.replaceFirst(value, replacement);
  }
}
