package org.jbuildkit.cli.template;

import java.util.List;
import org.jbuildkit.cli.template.Token.Kind;

/** A template's tokens, one after the other. */
final class TokenReader {
  private final String name;
  private final List<Token> tokens;
  private int at;

  TokenReader(String name, List<Token> tokens) {
    this.name = name;
    this.tokens = tokens;
  }

  /** The next token; the last one again once all are read. */
  Token next() {
    var token = peek();
    at++;
    return token;
  }

  Token peek() {
    return tokens.get(Math.min(at, tokens.size() - 1));
  }

  void back() {
    at--;
  }

  /** The next token that is no space. */
  Token nextWord() {
    skipSpace();
    return next();
  }

  Token peekWord() {
    skipSpace();
    return peek();
  }

  private void skipSpace() {
    while (peek().is(Kind.SPACE)) {
      at++;
    }
  }

  /** Whether a keyword follows the left delimiter that is next. */
  boolean isAfterLeft(String keyword) {
    int before = at;
    at++;
    boolean is = peekWord().isKeyword(keyword);
    at = before;
    return is;
  }

  /** The token that follows the current word without changing where reading goes on. */
  Token second() {
    int before = at;
    at++;
    var token = peekWord();
    at = before;
    return token;
  }

  Token expect(Kind kind, String context) {
    var token = nextWord();
    if (!token.is(kind)) {
      throw unexpected(token, context);
    }
    return token;
  }

  TemplateException unexpected(Token token, String context) {
    return token.is(Kind.ERROR)
        ? error(token.text())
        : error("unexpected " + token.shown() + " in " + context);
  }

  TemplateException error(String message) {
    int line = tokens.get(Math.clamp(at - 1, 0, tokens.size() - 1)).line();
    return new TemplateException("template: " + name + ":" + line + ": " + message);
  }

  /** The text of a quoted token. */
  String unquote(Token token) {
    try {
      return QuotedText.unquote(token.text());
    } catch (IllegalArgumentException _) {
      throw error("invalid syntax");
    }
  }
}
