package org.jbuildkit.dockerfile.syntax;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.GoSpace;

/**
 * Takes the flags off the front of an instruction's text. Upstream takes each byte of a flag for a
 * character, and what it gets of others becomes part of keys.
 */
final class FlagScan {
  private final String bytes;
  private final char escape;
  private int at;

  FlagScan(String text, char escape) {
    this.bytes = new String(text.getBytes(UTF_8), ISO_8859_1);
    this.escape = escape;
  }

  /** The flags; a bare {@code --} ends them. */
  List<String> flags() {
    var flags = new ArrayList<String>();
    while (true) {
      int before = at;
      skipBlanks();
      if (!bytes.startsWith("--", at)) {
        at = at == bytes.length() ? at : Math.max(before, at);
        return flags;
      }
      int start = at;
      var word = word();
      if (bytes.substring(start, at).equals("--")) {
        return flags;
      }
      flags.add(word);
    }
  }

  /** What follows the flags. */
  String rest() {
    return GoSpace.trim(new String(bytes.substring(at).getBytes(ISO_8859_1), UTF_8));
  }

  private void skipBlanks() {
    while (at < bytes.length() && GoSpace.isSpace(bytes.charAt(at))) {
      at++;
    }
  }

  private String word() {
    var word = new StringBuilder();
    char quote = 0;
    while (at < bytes.length()) {
      char c = bytes.charAt(at);
      if (quote == 0 && GoSpace.isSpace(c)) {
        break;
      }
      at++;
      if (c == escape && at < bytes.length()) {
        word.append(bytes.charAt(at++));
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (c != escape) {
        word.append(c);
      }
    }
    return word.toString();
  }
}
