package org.jbuildkit.base.filter;

/** Text in quotes with Go's escapes; whatever the quote is, it can be escaped too. */
final class Quoted {
  private final String text;
  private final StringBuilder value = new StringBuilder();
  private int at = 1;

  private Quoted(String text) {
    this.text = text;
  }

  /**
   * @param text with the quotes
   * @throws IllegalArgumentException {@code invalid syntax}
   */
  static String unquote(String text) {
    var quoted = new Quoted(text);
    while (quoted.at < text.length() - 1) {
      quoted.character();
    }
    return quoted.value.toString();
  }

  private void character() {
    char c = text.charAt(at++);
    if (c != '\\') {
      value.append(c);
      return;
    }
    char escape = text.charAt(at++);
    switch (escape) {
      case 'a' -> value.append('\u0007');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'v' -> value.append('\u000B');
      case 'x' -> number(2, 16);
      case 'u' -> number(4, 16);
      case 'U' -> number(8, 16);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        number(3, 8);
      }
      default -> {
        if (escape != '\\' && escape != text.charAt(0)) {
          throw new IllegalArgumentException("invalid syntax");
        }
        value.append(escape);
      }
    }
  }

  private void number(int digits, int radix) {
    int end = at + digits;
    if (end > text.length() - 1) {
      throw new IllegalArgumentException("invalid syntax");
    }
    int code = 0;
    while (at < end) {
      int digit = Character.digit(text.charAt(at++), radix);
      if (digit < 0 || code > Character.MAX_CODE_POINT) {
        throw new IllegalArgumentException("invalid syntax");
      }
      code = code * radix + digit;
    }
    if (!Character.isValidCodePoint(code)) {
      throw new IllegalArgumentException("invalid syntax");
    }
    value.appendCodePoint(code);
  }
}
