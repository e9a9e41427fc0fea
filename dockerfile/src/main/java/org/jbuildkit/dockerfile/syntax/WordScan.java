package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jbuildkit.base.GoSpace;
import org.jspecify.annotations.Nullable;

/** Goes through a text once, from left to right; mistakes are {@link IllegalArgumentException}. */
final class WordScan {
  private static final String SPECIAL_NAMES = "@*#?-$!";
  private static final int MAX_DEPTH = 200;

  /** How long all values together may be: values may hold values, many times over. */
  private static final int MAX_GROWTH = 1 << 20;

  private static final String NO_BRACE = "syntax error: missing '}'";

  private final String text;
  private final char escape;
  private final Function<String, @Nullable String> variables;
  private final Words.Style style;
  private int at;
  private boolean keepsEscapes;
  private boolean sawOperand;
  private int depth;
  private long taken;

  WordScan(
      String text, char escape, Function<String, @Nullable String> variables, Words.Style style) {
    this.text = text;
    this.escape = escape;
    this.variables = variables;
    this.style = style;
    this.keepsEscapes = style.keepsEscapes;
  }

  /** All of the text. */
  String text() {
    return scan((char) 0);
  }

  /** The words of the text; empty ones do not count. */
  List<String> words() {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '$') {
        value(words, word);
      } else if (c == '\'') {
        single(word);
      } else if (c == '"') {
        doubled(word);
      } else if (c == '<') {
        marker(word);
      } else if (c == escape) {
        escaped(word);
      } else if (GoSpace.isSpace(c)) {
        end(words, word);
        at++;
      } else {
        word.append(c);
        at++;
      }
    }
    end(words, word);
    return words;
  }

  private static void end(List<String> words, StringBuilder word) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private void value(List<String> words, StringBuilder word) {
    sawOperand = false;
    var value = variable();
    if (sawOperand) {
      word.setLength(0);
    }
    for (int i = 0; i < value.length(); i++) {
      if (GoSpace.isSpace(value.charAt(i))) {
        end(words, word);
      } else {
        word.append(value.charAt(i));
      }
    }
  }

  /** Blanks between {@code <<} and the name of a document belong to the word. */
  private void marker(StringBuilder word) {
    word.append('<');
    at++;
    if (at < text.length() && text.charAt(at) == '<') {
      word.append('<');
      at++;
      while (at < text.length() && " \t\r".indexOf(text.charAt(at)) >= 0) {
        word.append(text.charAt(at++));
      }
    }
  }

  private @Nullable String lookup(String name) {
    var value = variables.apply(name);
    taken += value == null ? 0 : value.length();
    if (taken > MAX_GROWTH) {
      throw new IllegalArgumentException(
          "the values are longer than %d characters in all".formatted(MAX_GROWTH));
    }
    return value;
  }

  private String scan(char end) {
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
        escaped(out);
      } else {
        out.append(c);
        at++;
      }
    }
    if (end != 0) {
      throw new IllegalArgumentException(NO_BRACE);
    }
    return out.toString();
  }

  /** Up to the character; a mistake that reaches the end of the text means that it lacks. */
  private String until(char end, boolean isPattern, String lacking) {
    boolean before = keepsEscapes;
    keepsEscapes = isPattern;
    try {
      var found = scan(end);
      at++;
      return found;
    } catch (IllegalArgumentException e) {
      throw at >= text.length() ? new IllegalArgumentException(lacking, e) : e;
    } finally {
      keepsEscapes = before;
    }
  }

  private void escaped(StringBuilder out) {
    at++;
    if (keepsEscapes) {
      out.append(escape);
    }
    if (at < text.length()) {
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
    quote(out);
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        quote(out);
        return;
      }
      if (c == '$') {
        out.append(variable());
      } else if (c == escape) {
        escapedInQuotes(out);
      } else {
        out.append(c);
        at++;
      }
    }
    throw new IllegalArgumentException(
        "unexpected end of statement while looking for matching double-quote");
  }

  private void quote(StringBuilder out) {
    at++;
    if (style.keepsQuotes) {
      out.append('"');
    }
  }

  /** Where escapes are kept, one before an ordinary character comes out twice, as upstream's. */
  private void escapedInQuotes(StringBuilder out) {
    at++;
    if (keepsEscapes) {
      out.append(escape);
    }
    if (at < text.length()) {
      char next = text.charAt(at);
      boolean isSpecial = next == '"' || next == '$' || next == escape;
      out.append(isSpecial ? next : escape);
      at += isSpecial ? 1 : 0;
    }
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
      return name.isEmpty() ? "$" : plain(name, start);
    }
    at++;
    if (at >= text.length()) {
      throw new IllegalArgumentException(NO_BRACE);
    }
    if ("{}:".indexOf(text.charAt(at)) >= 0) {
      throw new IllegalArgumentException("syntax error: bad substitution");
    }
    var name = name();
    if (at >= text.length()) {
      throw unsupported("\uFFFD");
    }
    int operator = text.codePointAt(at);
    at += Character.charCount(operator);
    return switch (operator) {
      case '}' -> plain(name, start);
      case ':' -> colon(name);
      case '+', '-', '?' -> conditional(name, (char) operator, false);
      case '#', '%' -> trimmed(name, (char) operator);
      case '/' -> replaced(name);
      default -> throw unsupported(Character.toString(operator));
    };
  }

  private static IllegalArgumentException unsupported(String modifier) {
    return new IllegalArgumentException("unsupported modifier (" + modifier + ") in substitution");
  }

  private String plain(String name, int start) {
    var value = lookup(name);
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
    boolean digits = at < text.length() && Character.isDigit(text.codePointAt(at));
    while (at < text.length()) {
      int c = text.codePointAt(at);
      boolean fits = digits ? Character.isDigit(c) : Character.isLetterOrDigit(c) || c == '_';
      if (!fits) {
        break;
      }
      at += Character.charCount(c);
    }
    return text.substring(start, at);
  }

  private String colon(String name) {
    if (at >= text.length()) {
      throw new IllegalArgumentException(NO_BRACE);
    }
    int operator = text.codePointAt(at);
    at += Character.charCount(operator);
    if ("+-?".indexOf(operator) >= 0) {
      return conditional(name, (char) operator, true);
    }
    sawOperand = true;
    var _ = until('}', operator == '#' || operator == '%', NO_BRACE);
    throw unsupported(":" + Character.toString(operator));
  }

  private String conditional(String name, char operator, boolean emptyCounts) {
    sawOperand = true;
    var word = until('}', false, NO_BRACE);
    var value = lookup(name);
    if (value == null && style.keepsUnset) {
      return "${" + name + (emptyCounts ? ":" : "") + operator + word + "}";
    }
    boolean missing = value == null || (emptyCounts && value.isEmpty());
    if (operator == '-') {
      return missing || value == null ? word : value;
    }
    if (operator == '+') {
      return missing ? "" : word;
    }
    if (missing || value == null) {
      var reason = value == null ? "is not allowed to be unset" : "is not allowed to be empty";
      throw new IllegalArgumentException(name + ": " + (word.isEmpty() ? reason : word));
    }
    return value;
  }

  private String trimmed(String name, char operator) {
    sawOperand = true;
    var word = until('}', true, NO_BRACE);
    var value = lookup(name);
    if (value == null && style.keepsUnset) {
      return "${" + name + operator + word + "}";
    }
    boolean longest = !word.isEmpty() && word.charAt(0) == operator;
    var pattern = ShellPattern.of(longest ? word.substring(1) : word, longest);
    var from = value == null ? "" : value;
    return operator == '#' ? pattern.withoutPrefix(from) : pattern.withoutSuffix(from, longest);
  }

  private String replaced(String name) {
    sawOperand = true;
    boolean all = at < text.length() && text.charAt(at) == '/';
    at += all ? 1 : 0;
    var pattern = until('/', true, "syntax error: missing '/' in ${}");
    var replacement = until('}', true, NO_BRACE);
    var value = lookup(name);
    if (value == null && style.keepsUnset) {
      return "${" + name + "/" + pattern + "/" + replacement + "}";
    }
    var from = value == null ? "" : value;
    var found = ShellPattern.of(pattern, true);
    return all
        ? found.replaceAll(from, replacement, MAX_GROWTH)
        : found.replaceFirst(from, replacement);
  }
}
