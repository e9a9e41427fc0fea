package org.jbuildkit.dockerfile.syntax;

import java.util.Locale;

/** Finds what somebody may have meant. */
public final class Suggestion {
  private static final int MAX_DISTANCE = 3;

  private Suggestion() {}

  /** {@code " (did you mean X?)"}, or nothing if no candidate is near. */
  public static String text(String word, Iterable<String> candidates) {
    var lower = word.toLowerCase(Locale.ROOT);
    String best = "";
    int bestDistance = MAX_DISTANCE;
    for (var candidate : candidates) {
      if (candidate.equals(word)) {
        return "";
      }
      int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best.isEmpty() ? "" : " (did you mean " + best + "?)";
  }

  private static int distance(String a, String b) {
    var previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      var row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1] + 1, previous[j] + 1), previous[j - 1] + change);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
