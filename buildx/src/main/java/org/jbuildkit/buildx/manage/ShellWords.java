package org.jbuildkit.buildx.manage;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.BuildException;

/** Splits a line as a shell does: quotes and backslashes, no expansion. */
final class ShellWords {
  private ShellWords() {}

  static List<String> split(String line) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quote != '\'') {
        if (++i == line.length()) {
          throw BuildException.failed("failed to parse buildkit flags: invalid trailing backslash");
        }
        word.append(line.charAt(i));
        inWord = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (quote != 0) {
      throw BuildException.failed("failed to parse buildkit flags: unterminated quote");
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
