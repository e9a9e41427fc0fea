package org.jbuildkit.cli.template;

import java.util.Locale;
import java.util.Set;
import org.jbuildkit.base.GoQuote;

/**
 * A piece of a template's text.
 *
 * @param position its offset in the text
 */
record Token(Kind kind, String text, int position, int line) {
  static final Set<String> KEYWORDS =
      Set.of(
          "block",
          "break",
          "continue",
          "define",
          "else",
          "end",
          "if",
          "nil",
          "range",
          "template",
          "with");

  enum Kind {
    ERROR,
    EOF,
    TEXT,
    LEFT,
    RIGHT,
    BOOL,
    CHARACTER,
    NUMBER,
    STRING,
    IDENTIFIER,
    FIELD,
    VARIABLE,
    KEYWORD,
    DOT,
    DECLARE,
    ASSIGN,
    COMMA,
    PIPE,
    LEFT_PAREN,
    RIGHT_PAREN,
    SPACE,
    PUNCTUATION
  }

  boolean is(Kind other) {
    return kind == other;
  }

  boolean isKeyword(String word) {
    return kind == Kind.KEYWORD && text.equals(word);
  }

  /** How messages name it. */
  String shown() {
    return switch (kind) {
      case EOF -> "EOF";
      case ERROR -> text;
      case KEYWORD, DOT -> "<" + text.toLowerCase(Locale.ROOT) + ">";
      default ->
          text.length() > 10 ? GoQuote.quote(text.substring(0, 10)) + "..." : GoQuote.quote(text);
    };
  }
}
