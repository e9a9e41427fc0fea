package org.jbuildkit.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The list of what two engines may tell differently, with the reasons. */
record KnownDifferences(List<Pattern> ignored, List<Pattern> told, List<Pattern> both) {
  private static final Path FILE = Path.of("peer-cases/known-conversions.txt").toAbsolutePath();

  static KnownDifferences read() {
    var known = new KnownDifferences(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      for (var line : Files.readAllLines(FILE)) {
        if (!line.startsWith("#")) {
          var fields = line.split(" \\| ", 3);
          known.list(fields[0]).add(Pattern.compile(fields[1]));
        }
      }
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Pattern> list(String kind) {
    return switch (kind) {
      case "ignored" -> ignored;
      case "told" -> told;
      case "both" -> both;
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** An answer without what may differ. */
  String strip(String answer) {
    var stripped = answer;
    for (var pattern : ignored) {
      stripped = pattern.matcher(stripped).replaceAll("");
    }
    return stripped;
  }

  /** Whether answers may be different as a whole. */
  boolean excuse(ConversionPair.Answers answers) {
    return told.stream().anyMatch(p -> p.matcher(answers.theirs()).find())
        || both.stream()
            .anyMatch(p -> p.matcher(answers.ours()).find() && p.matcher(answers.theirs()).find());
  }
}
