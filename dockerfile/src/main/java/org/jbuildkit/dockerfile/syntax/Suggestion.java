package org.jbuildkit.dockerfile.syntax;

import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. */
public final class Suggestion {
  private static final int MAX_DISTANCE = 3;

  private Suggestion() {}

  /** {@code " (did you mean X?)"}, or nothing if no candidate is near. */
  public static String text(String word, Iterable<String> candidates) {
    return shown(find(word, candidates));
  }

  /** The same where case does not matter; the candidate is in capitals if the word is. */
  public static String anyCase(String word, Iterable<String> candidates) {
    var lower = word.toLowerCase(Locale.ROOT);
    var lowered = new ArrayList<String>();
    candidates.forEach(candidate -> lowered.add(candidate.toLowerCase(Locale.ROOT)));
    var found = find(lower, lowered);
    boolean isUpper = word.equals(word.toUpperCase(Locale.ROOT));
    return shown(isUpper ? found.map(name -> name.toUpperCase(Locale.ROOT)) : found);
  }

  private static String shown(Optional<String> found) {
    return found.map(candidate -> " (did you mean " + candidate + "?)").orElse("");
  }

  /** The nearest candidate, if one is near; none if the word itself is one. */
  public static Optional<String> find(String word, Iterable<String> candidates) {
    Optional<String> best = Optional.empty();
    int bestDistance = MAX_DISTANCE;
    for (var candidate : candidates) {
      if (candidate.equals(word)) {
        return Optional.empty();
      }
      if (Math.abs(word.length() - candidate.length()) >= 2 * bestDistance) {
        continue;
      }
      int distance = distance(word.codePoints().toArray(), candidate.codePoints().toArray());
      if (distance < bestDistance) {
        best = Optional.of(candidate);
        bestDistance = distance;
      }
    }
    return best.filter(name -> !name.isEmpty());
  }

  private static int distance(int[] a, int[] b) {
    var previous = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      var row = new int[b.length + 1];
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int change = a[i - 1] == b[j - 1] ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1] + 1, previous[j] + 1), previous[j - 1] + change);
      }
      previous = row;
    }
    return previous[b.length];
  }
}
