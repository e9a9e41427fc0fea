package org.jbuildkit.client.progress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The output of an entry in lines, each with the time since its start before it. */
final class LogLines {
  /** All lines so far; the last is unfinished if {@link #isPartial}. */
  final List<StringBuilder> all = new ArrayList<>();

  /** Bytes received. */
  long bytes;

  private boolean partial;

  /** How many lines were printed whole. */
  int printed;

  /** How much of the first unprinted line was printed. */
  int printedOfNext;

  boolean isPartial() {
    return partial;
  }

  void add(byte[] data, double secondsSinceStart) {
    bytes += data.length;
    // Bytes that are no text are shown as they are on output: one character each is kept.
    var text = new String(data, StandardCharsets.ISO_8859_1);
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      if (partial) {
        all.getLast().append(text, start, end);
      } else {
        all.add(new StringBuilder(prefix(secondsSinceStart)).append(text, start, end));
      }
      partial = newline < 0;
      start = end + 1;
    }
  }

  private static String prefix(double seconds) {
    int decimals = seconds < 10 ? 3 : seconds < 100 ? 2 : 1;
    return String.format(Locale.ROOT, "%." + decimals + "f ", seconds);
  }

  /** Lines in raw bytes, one character a byte. */
  List<String> lines() {
    return all.stream().map(StringBuilder::toString).toList();
  }
}
