package org.jbuildkit.systemtests;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Looks for Dockerfiles of which two engines make different things.
 *
 * @param request that they are asked
 */
record ConversionDifference(ConversionPair pair, String request) {
  /** What the peer tells by chance is not told so again and again. */
  private static final int TRIES = 3;

  boolean isIn(ConversionAnswers.Question question) throws IOException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      if (ConversionPair.agree(pair.ask(request, question))) {
        return false;
      }
    }
    return true;
  }

  /** A question as small as it gets of which the engines still make different things. */
  ConversionAnswers.Question smallest(ConversionAnswers.Question question)
      throws IOException, InterruptedException {
    var small = question;
    for (var option : List.copyOf(question.options().keySet())) {
      var fewer = new LinkedHashMap<>(small.options());
      fewer.remove(option);
      small = ifDifferent(new ConversionAnswers.Question(small.dockerfile(), fewer), small);
    }
    int before;
    do {
      before = small.dockerfile().length();
      small = without("(?<=\n)", small);
      small = without("(?<=[ \n])|(?=\n)", small);
    } while (small.dockerfile().length() < before);
    return small;
  }

  private ConversionAnswers.Question ifDifferent(
      ConversionAnswers.Question smaller, ConversionAnswers.Question otherwise)
      throws IOException, InterruptedException {
    return isIn(smaller) ? smaller : otherwise;
  }

  /** Leaves out the parts that the difference does not need, from the end. */
  private ConversionAnswers.Question without(String separator, ConversionAnswers.Question question)
      throws IOException, InterruptedException {
    var small = question;
    var parts = new ArrayList<>(List.of(question.dockerfile().split(separator, -1)));
    for (int i = parts.size() - 1; i >= 0; i--) {
      var fewer = new ArrayList<>(parts);
      fewer.remove(i);
      var smaller = new ConversionAnswers.Question(String.join("", fewer), question.options());
      if (!smaller.dockerfile().equals(small.dockerfile()) && isIn(smaller)) {
        small = smaller;
        parts = fewer;
      }
    }
    return small;
  }
}
