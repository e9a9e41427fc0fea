package org.jbuildkit.base.filter;

/** Cuts a filter's text into words and marks. After an operator comes a value. */
final class FilterScanner {
  /** What a piece of the text is. */
  enum Kind {
    END,
    FIELD,
    VALUE,
    QUOTED,
    OPERATOR,
    SEPARATOR,
    ILLEGAL,
    OTHER
  }

  /**
   * @param at where the piece begins
   */
  record Token(Kind kind, int at, String text) {}

  private final String text;
  private int next;
  private boolean wantsValue;

  FilterScanner(String text) {
    this.text = text;
  }

  /** The next character, or 0 at the end. Nothing is consumed. */
  int peek() {
    return next < text.length() ? text.codePointAt(next) : 0;
  }

  int position() {
    return next;
  }

  Token scan() {
    while (next < text.length() && Character.isWhitespace(text.codePointAt(next))) {
      next += Character.charCount(text.codePointAt(next));
    }
    int start = next;
    if (start == text.length()) {
      return new Token(Kind.END, start, "");
    }
    int c = text.codePointAt(start);
    next += Character.charCount(c);
    if (c == '"' || c == '/' || c == '|') {
      return quoted(start, c);
    }
    if (c == ',' || c == '.') {
      wantsValue = false;
      return token(Kind.SEPARATOR, start);
    }
    if (isOperator(c)) {
      skipWhile(FilterScanner::isOperator);
      wantsValue = true;
      return token(Kind.OPERATOR, start);
    }
    if (wantsValue) {
      skipWhile(FilterScanner::isValue);
      wantsValue = false;
      return token(Kind.VALUE, start);
    }
    if (isField(c)) {
      skipWhile(FilterScanner::isField);
      return token(Kind.FIELD, start);
    }
    return token(Kind.OTHER, start);
  }

  private Token quoted(int start, int quote) {
    boolean escaped = false;
    while (next < text.length()) {
      int c = text.codePointAt(next);
      if (c == '\n') {
        break;
      }
      next += Character.charCount(c);
      if (c == quote && !escaped) {
        return token(Kind.QUOTED, start);
      }
      escaped = c == '\\' && !escaped;
    }
    return token(Kind.ILLEGAL, start);
  }

  private Token token(Kind kind, int start) {
    return new Token(kind, start, text.substring(start, next));
  }

  private void skipWhile(java.util.function.IntPredicate wanted) {
    while (next < text.length() && wanted.test(text.codePointAt(next))) {
      next += Character.charCount(text.codePointAt(next));
    }
  }

  private static boolean isOperator(int c) {
    return c == '=' || c == '!' || c == '~';
  }

  private static boolean isField(int c) {
    return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
  }

  private static boolean isValue(int c) {
    return c != ',' && !Character.isWhitespace(c) && !Character.isISOControl(c);
  }
}
