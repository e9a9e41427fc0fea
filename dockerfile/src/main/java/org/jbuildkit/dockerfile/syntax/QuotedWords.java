package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.List;
import org.jbuildkit.base.GoSpace;

/** Words of ENV, LABEL and ARG: quotes and escapes group blanks and are kept. */
final class QuotedWords {
  private QuotedWords() {}

  static List<String> split(String text, char escape) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    char quote = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && GoSpace.isSpace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
        continue;
      }
      inWord = true;
      if (c == escape && quote != '\'') {
        if (i + 1 < text.length()) {
          word.append(c).append(text.charAt(++i));
        }
        continue;
      }
      word.append(c);
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
