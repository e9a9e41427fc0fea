package org.jbuildkit.cli.template;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Quoted text of Go's, without its quotes and escapes. */
final class QuotedText {
  private QuotedText() {}

  /**
   * @throws IllegalArgumentException for escapes that there are not
   */
  static String unquote(String quoted) {
    var inner = quoted.substring(1, quoted.length() - 1);
    if (quoted.startsWith("`")) {
      return inner.replace("\r", "");
    }
    var out = new ByteArrayOutputStream();
    int at = 0;
    while (at < inner.length()) {
      int slash = inner.indexOf('\\', at);
      int end = slash < 0 ? inner.length() : slash;
      out.writeBytes(inner.substring(at, end).getBytes(StandardCharsets.UTF_8));
      at = slash < 0 ? end : escape(inner, slash + 1, quoted.charAt(0), out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Writes what the escape at {@code at} stands for; the result is where text goes on. */
  private static int escape(String text, int at, char quote, ByteArrayOutputStream out) {
    char c = text.charAt(at);
    int plain = "abfnrtv\\".indexOf(c);
    if (plain >= 0) {
      out.write("\u0007\b\f\n\r\t\u000b\\".charAt(plain));
      return at + 1;
    }
    if (c == quote) {
      out.write(c);
      return at + 1;
    }
    int digits =
        switch (c) {
          case 'x' -> 2;
          case 'u' -> 4;
          case 'U' -> 8;
          default -> 0;
        };
    if (digits == 0) {
      if (c < '0' || c > '7') {
        throw new IllegalArgumentException("escape");
      }
      out.write(code(text, at, 3, 8));
      return at + 3;
    }
    int value = code(text, at + 1, digits, 16);
    if (c == 'x') {
      out.write(value);
    } else {
      out.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
    }
    return at + 1 + digits;
  }

  private static int code(String text, int at, int digits, int base) {
    if (at + digits > text.length()) {
      throw new IllegalArgumentException("escape");
    }
    return Integer.parseUnsignedInt(text.substring(at, at + digits), base);
  }
}
