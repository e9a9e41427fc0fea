package org.jbuildkit.cli.template;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.cli.template.Token.Kind;

/** Splits a template into tokens. Reading ends at the first error, which is the last token. */
final class Lexer {
  private static final String LEFT = "{{";
  private static final String RIGHT = "}}";
  private static final String SPACES = " \t\r\n";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int depth;
  private boolean trimNext;
  private boolean failed;

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    var lexer = new Lexer(text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (!failed && at < text.length()) {
      int left = text.indexOf(LEFT, at);
      if (left < 0) {
        addText(at, text.length());
        at = text.length();
      } else {
        boolean trims = isTrimStart(left + 2);
        addText(at, trims ? trimmedEnd(at, left) : left);
        at = left + 2 + (trims ? 1 : 0);
        action(left);
      }
    }
    if (!failed) {
      add(Kind.EOF, "", at);
    }
  }

  /** A dash after a left delimiter trims only if a space follows. */
  private boolean isTrimStart(int from) {
    return from + 1 < text.length() && text.charAt(from) == '-' && isSpace(text.charAt(from + 1));
  }

  private boolean isTrimEnd(int from) {
    return isSpace(charAt(from)) && text.startsWith("-" + RIGHT, from + 1);
  }

  private static boolean isSpace(char c) {
    return SPACES.indexOf(c) >= 0;
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : '\0';
  }

  private int trimmedEnd(int start, int end) {
    int trimmed = end;
    while (trimmed > start && isSpace(text.charAt(trimmed - 1))) {
      trimmed--;
    }
    return trimmed;
  }

  private void addText(int start, int end) {
    int from = start;
    if (trimNext) {
      while (from < end && isSpace(text.charAt(from))) {
        from++;
      }
    }
    trimNext = false;
    if (from < end) {
      add(Kind.TEXT, text.substring(from, end), from);
    }
  }

  private void add(Kind kind, String token, int position) {
    int line = 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
    tokens.add(new Token(kind, token, position, line));
  }

  private void fail(String message) {
    add(Kind.ERROR, message, Math.min(at, text.length()));
    failed = true;
  }

  private void action(int left) {
    int inner = at;
    while (inner < text.length() && isSpace(text.charAt(inner)) && inner < at + 1) {
      inner++;
    }
    boolean comment = text.startsWith("/*", at) || (at > left + 2 && text.startsWith("/*", inner));
    if (comment) {
      comment();
      return;
    }
    add(Kind.LEFT, LEFT, left);
    depth = 0;
    while (!failed) {
      boolean trims = isTrimEnd(at);
      if (trims || text.startsWith(RIGHT, at)) {
        if (depth > 0) {
          fail("unclosed left paren");
          return;
        }
        at += trims ? 2 : 0;
        add(Kind.RIGHT, RIGHT, at);
        at += 2;
        trimNext = trims;
        return;
      }
      inside();
    }
  }

  private void comment() {
    int end = text.indexOf("*/", at);
    if (end < 0) {
      fail("unclosed comment");
      return;
    }
    at = end + 2;
    boolean trims = isTrimEnd(at);
    at += trims ? 2 : 0;
    if (!text.startsWith(RIGHT, at)) {
      fail("comment ends before closing delimiter");
      return;
    }
    at += 2;
    trimNext = trims;
  }

  private void inside() {
    int start = at;
    char c = charAt(at);
    if (at >= text.length()) {
      fail("unclosed action");
    } else if (isSpace(c)) {
      while (isSpace(charAt(at)) && !isTrimEnd(at)) {
        at++;
      }
      add(Kind.SPACE, text.substring(start, at), start);
    } else if (c == '"' || c == '\'') {
      quoted(c);
    } else if (c == '`') {
      raw();
    } else if (c == '$') {
      at++;
      word(Kind.VARIABLE, start);
    } else if (c == '.' && !isDigit(charAt(at + 1))) {
      at++;
      if (isWord(charAt(at))) {
        word(Kind.FIELD, start);
      } else {
        terminated(Kind.DOT, start);
      }
    } else if (isDigit(c) || c == '.' || (isSign(c) && isNumberStart(at + 1))) {
      number();
    } else if (isWord(c)) {
      identifier();
    } else {
      symbol(c);
    }
  }

  private boolean isNumberStart(int from) {
    return isDigit(charAt(from)) || (charAt(from) == '.' && isDigit(charAt(from + 1)));
  }

  private static boolean isSign(char c) {
    return c == '+' || c == '-';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private void symbol(char c) {
    int start = at;
    at++;
    switch (c) {
      case '=' -> add(Kind.ASSIGN, "=", start);
      case ':' -> {
        if (charAt(at) == '=') {
          at++;
          add(Kind.DECLARE, ":=", start);
        } else {
          fail("expected :=");
        }
      }
      case '|' -> add(Kind.PIPE, "|", start);
      case '(' -> {
        depth++;
        add(Kind.LEFT_PAREN, "(", start);
      }
      case ')' -> {
        depth--;
        if (depth < 0) {
          fail("unexpected right paren");
        } else {
          add(Kind.RIGHT_PAREN, ")", start);
        }
      }
      default -> {
        if (c == ',') {
          add(Kind.COMMA, ",", start);
        } else if (c > ' ' && c < 0x7F) {
          add(Kind.PUNCTUATION, Character.toString(c), start);
        } else {
          fail("unrecognized character in action: " + shown(c));
        }
      }
    }
  }

  private static String shown(char c) {
    return "U+%04X".formatted((int) c) + (Character.isISOControl(c) ? "" : " '" + c + "'");
  }

  private void quoted(char quote) {
    int start = at;
    at++;
    while (charAt(at) != quote) {
      if (at >= text.length() || charAt(at) == '\n') {
        fail(quote == '"' ? "unterminated quoted string" : "unterminated character constant");
        return;
      }
      at += charAt(at) == '\\' && at + 1 < text.length() && charAt(at + 1) != '\n' ? 2 : 1;
    }
    at++;
    add(quote == '"' ? Kind.STRING : Kind.CHARACTER, text.substring(start, at), start);
  }

  private void raw() {
    int end = text.indexOf('`', at + 1);
    if (end < 0) {
      fail("unterminated raw quoted string");
      return;
    }
    add(Kind.STRING, text.substring(at, end + 1), at);
    at = end + 1;
  }

  private void number() {
    int start = at;
    at += isSign(charAt(at)) ? 1 : 0;
    while (isWord(charAt(at))
        || charAt(at) == '.'
        || (isSign(charAt(at)) && "eEpP".indexOf(charAt(at - 1)) >= 0 && !isHex(start))) {
      at++;
    }
    add(Kind.NUMBER, text.substring(start, at), start);
  }

  private boolean isHex(int start) {
    return text.startsWith("0x", start) || text.startsWith("0X", start);
  }

  private void identifier() {
    int start = at;
    while (isWord(charAt(at))) {
      at++;
    }
    var word = text.substring(start, at);
    var kind =
        Token.KEYWORDS.contains(word)
            ? Kind.KEYWORD
            : word.equals("true") || word.equals("false") ? Kind.BOOL : Kind.IDENTIFIER;
    terminated(kind, start);
  }

  private void word(Kind kind, int start) {
    while (isWord(charAt(at))) {
      at++;
    }
    terminated(kind, start);
  }

  /** A word must be followed by something that cannot belong to it. */
  private void terminated(Kind kind, int start) {
    char next = charAt(at);
    boolean ends =
        at >= text.length()
            || isSpace(next)
            || ".,|:)(=".indexOf(next) >= 0
            || text.startsWith(RIGHT, at);
    if (ends) {
      add(kind, text.substring(start, at), start);
    } else {
      fail("bad character " + shown(next));
    }
  }
}
