package org.jbuildkit.dockerfile.explain;

import org.jbuildkit.base.GoQuote;

/** Texts of others as they may be shown: on one line, and without what steers a terminal. */
final class Shown {
  private static final int MOST = 400;

  private Shown() {}

  /** The text with all that cannot be seen written out; the end of a long one is left out. */
  static String line(String text) {
    return line(text, MOST);
  }

  /** The same with at most so many characters of the text. */
  static String line(String text, int most) {
    var shown = new StringBuilder();
    int length = text.codePointCount(0, text.length());
    text.codePoints().limit(most).forEach(c -> append(shown, c));
    return length > most ? shown + "… (" + length + " characters)" : shown.toString();
  }

  private static void append(StringBuilder shown, int c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\t' -> shown.append("\\t");
      case '\r' -> shown.append("\\r");
      default -> {
        if (GoQuote.isUnprintable(c)) {
          shown.append("\\u{%x}".formatted(c));
        } else {
          shown.appendCodePoint(c);
        }
      }
    }
  }
}
