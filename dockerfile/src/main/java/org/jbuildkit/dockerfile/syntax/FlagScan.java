package org.jbuildkit.dockerfile.syntax;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes the flags off the front of an instruction's text. */
final class FlagScan {
  private final String text;
  private final char escape;
  private int at;

  FlagScan(String text, char escape) {
    this.text = text;
    this.escape = escape;
  }

  /** The flags; a bare {@code --} ends them. */
  List<String> flags() {
    var flags = new ArrayList<String>();
    while (true) {
      skipBlanks();
      if (!text.startsWith("--", at)) {
        return flags;
      }
      int start = at;
      var word = word();
      if (text.substring(start, at).equals("--")) {
        return flags;
      }
      flags.add(word);
    }
  }

  /** What follows the flags. */
  String rest() {
    return text.substring(Math.min(at, text.length())).trim();
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private String word() {
    var word = new StringBuilder();
    char quote = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (quote == 0 && Character.isWhitespace(c)) {
        break;
      }
      at++;
      if (c == escape && at < text.length()) {
        word.append(text.charAt(at++));
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (c != escape) {
        word.append(c);
      }
    }
    return byteByByte(word.toString());
  }

  /** Upstream takes each byte of a flag for a character; what it gets of others is part of keys. */
  private static String byteByByte(String word) {
    return new String(word.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
